// The small function behind a probe pool, with its role and its log group.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda'
import { partition } from '@aws-sdk/core/client'
import { isRoleNotReady } from '../../aws/errors.ts'
import { retryWhile, waitFor } from '../../aws/wait.ts'
import { AppError } from '../../errors.ts'
import { packageRoot } from '../../version.ts'
import type { Told } from '../echo/handler.ts'
import type { Ground } from './ground.ts'
import { functionThing, logGroupThing, markTag, policyName, roleThing } from './things.ts'

export interface EchoFunction {
  name: string
  arn: string
  logGroup: string
  /** Milliseconds until Lambda took the new role. */
  roleAfterMs: number
  /** Permits its role these, beside its log; what it was permitted before is gone. */
  permit(statements: Statement[]): Promise<void>
  /** Has it ask AWS something with the rights of its role. */
  invoke(asked: object): Promise<Told>
}

/** The attribute that the function writes as a proof. */
export const proof = 'custom:probe'

export async function makeEchoFunction(ground: Ground): Promise<EchoFunction> {
  const { aws, mark, options, made } = ground
  const { partition: part, region, account } = aws.place
  const name = `${options.prefix}-echo`
  const logGroup = `/aws/lambda/${name}`
  const tags = { [markTag]: mark.runId }
  const logArn = `arn:${part}:logs:${region}:${account}:log-group:${logGroup}:*`

  const zip = await loadEcho()
  made.expect(roleThing(mark, name))
  const role = await aws.iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify(policy([trust])),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  )
  const allow = async (more: Statement[]) => {
    const logs = { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: logArn }
    // A number is no resource of an account; topics are, and stay out of reach.
    const texts = { Action: ['sns:Publish'], NotResource: `arn:${part}:sns:*:*:*` }
    const statements = [logs, ...(options.texts ? [texts] : []), ...more]
    const PolicyDocument = JSON.stringify(policy(statements))
    await aws.iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: policyName, PolicyDocument }))
  }
  await allow([])
  made.expect(logGroupThing(mark, logGroup))
  await aws.logs.send(new CreateLogGroupCommand({ logGroupName: logGroup, tags }))
  await aws.logs.send(new PutRetentionPolicyCommand({ logGroupName: logGroup, retentionInDays: 1 }))

  made.expect(functionThing(mark, name))
  const { clock, signal } = aws
  const wait = { clock, signal, capMs: 120_000, maxPauseMs: 2_000, what: 'the role of the probe' }
  const { ms, value } = await ground.timed(() =>
    retryWhile(isRoleNotReady, wait, () =>
      aws.lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Role: role.Role?.Arn,
          Runtime: 'nodejs24.x',
          Architectures: ['arm64'],
          Handler: 'index.handler',
          Timeout: 30,
          Code: { ZipFile: zip },
          Environment: {
            Variables: {
              SLOW_MS: String(options.slowMs),
              PROOF: proof,
              DOMAIN: partition(region).dnsSuffix,
            },
          },
          Tags: tags,
        }),
      ),
    ),
  )
  await waitFor({ ...wait, what: 'the function of the probe' }, async () => {
    const now = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }))
    return now.State === 'Active' || undefined
  })
  const invoke = async (asked: object): Promise<Told> => {
    const Payload = Buffer.from(JSON.stringify(asked))
    const answer = await aws.lambda.send(new InvokeCommand({ FunctionName: name, Payload }))
    return JSON.parse(Buffer.from(answer.Payload ?? []).toString() || '{}')
  }
  return { name, arn: value.FunctionArn ?? '', logGroup, roleAfterMs: ms, permit: allow, invoke }
}

export type Statement = { Action: string[]; Condition?: object } & (
  | { Resource: string }
  | { NotResource: string }
)

const trust = { Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }

const policy = (statements: object[]) => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
})

async function loadEcho(): Promise<Buffer> {
  const path = join(packageRoot(), 'dist', 'live', 'echo.zip')
  return readFile(path).catch((cause) => {
    throw new AppError('ARTIFACTS_MISSING', 'The code of the probes is missing', {
      why: `there is no ${path}`,
      next: ['npm run build   in a checkout'],
      cause,
    })
  })
}
