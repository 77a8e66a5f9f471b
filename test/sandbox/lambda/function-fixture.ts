// What most tests of functions need: a sandbox, clients for it, a usable role, and functions from source.

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  type InvokeCommandOutput,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import type { PolicyStatement } from '../../../src/sandbox/account/policy.ts'
import type { Sandbox } from '../../../src/sandbox/server.ts'
import { keysOf } from './signed.ts'
import { zipOf } from './zip.ts'

/** What every SDK client is made with: one attempt, so that a fault is seen and not repaired. */
export function clientConfig(sandbox: Sandbox) {
  return {
    endpoint: sandbox.endpoint,
    region: sandbox.region,
    credentials: keysOf(sandbox),
    maxAttempts: 1,
  }
}

export const lambdaTrust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

export class FunctionFixture {
  readonly sandbox: Sandbox
  readonly iam: IAMClient
  readonly lambda: LambdaClient
  readonly logs: CloudWatchLogsClient

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox
    this.iam = new IAMClient(clientConfig(sandbox))
    this.lambda = new LambdaClient(clientConfig(sandbox))
    this.logs = new CloudWatchLogsClient(clientConfig(sandbox))
  }

  /** Makes a role that Lambda may assume and gives its ARN. */
  async role(name: string, statements: PolicyStatement[] = []): Promise<string> {
    const { Role } = await this.iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: lambdaTrust }),
    )
    if (statements.length > 0) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements })
      await this.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'own', PolicyDocument }))
    }
    return Role?.Arn ?? ''
  }

  /** Makes a function from the source of its `index.mjs`. */
  async create(name: string, source: string, more: Partial<CreateFunctionCommandInput> = {}) {
    return this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: more.Role ?? (await this.role(`${name}-role`)),
        Code: { ZipFile: zipOf({ 'index.mjs': source }) },
        ...more,
      }),
    )
  }

  async invoke(name: string, event: unknown = {}): Promise<InvokeCommandOutput & { result: unknown }> {
    const Payload = JSON.stringify(event)
    const output = await this.lambda.send(new InvokeCommand({ FunctionName: name, Payload, LogType: 'Tail' }))
    return { ...output, result: JSON.parse(output.Payload?.transformToString() || 'null') }
  }

  createLogGroup(logGroupName: string) {
    return this.logs.send(new CreateLogGroupCommand({ logGroupName }))
  }

  /** All messages of a group, over all pages. */
  async messages(logGroupName: string): Promise<string[]> {
    const messages: string[] = []
    let nextToken: string | undefined
    do {
      const page = await this.logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }))
      messages.push(...(page.events ?? []).map((event) => event.message ?? ''))
      nextToken = page.nextToken
    } while (nextToken)
    return messages
  }
}
