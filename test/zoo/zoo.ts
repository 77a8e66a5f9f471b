// A team's account before we come: its role, its functions, which record what they are told, and its pools.
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  DescribeUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  PublishVersionCommand,
} from '@aws-sdk/client-lambda'
import { type Clients, createClients } from '../../src/aws/clients.ts'
import { raw } from '../../src/aws/raw.ts'
import { Terminal } from '../cli/terminal.ts'
import { lambdaTrust } from '../sandbox/lambda/function-fixture.ts'
import { zipOf } from '../sandbox/lambda/zip.ts'

/** Of all functions of the team, so that what they were told stands in one order. */
const logGroup = '/team/auth'
const mark = 'TOLD '

/** What a function of the team was told: by which ARN it was called, and the event, as text. */
export interface Told {
  by: string
  event: string
}

export class Zoo {
  readonly terminal: Terminal
  readonly aws: Clients
  #role = ''
  #functions: { arn: string; qualifier?: string }[] = []
  #seen = 0

  private constructor(terminal: Terminal) {
    this.terminal = terminal
    this.aws = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  }

  static async open(): Promise<Zoo> {
    const zoo = new Zoo(await Terminal.start())
    const { iam } = zoo.aws
    const RoleName = 'team-auth'
    const made = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: lambdaTrust }))
    const statement = {
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'logs', PolicyDocument }))
    zoo.#role = made.Role?.Arn ?? ''
    return zoo
  }

  get sandbox() {
    return this.terminal.sandbox
  }

  close(): Promise<void> {
    return this.terminal.close()
  }

  /** Makes a function that records what it is told and does `body` with `event`. Gives its ARN. */
  async function(name: string, body: string, alias?: string): Promise<string> {
    const source = `export const handler = async (event, context) => {
      console.log('${mark}' + JSON.stringify({ by: context.invokedFunctionArn, event: JSON.stringify(event) }))
      ${body}
      return event
    }`
    const { FunctionArn: arn = '' } = await this.aws.lambda.send(
      new CreateFunctionCommand({
        ...{ FunctionName: name, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: this.#role },
        Code: { ZipFile: zipOf({ 'index.mjs': source }) },
        LoggingConfig: { LogGroup: logGroup },
      }),
    )
    this.#functions.push({ arn, ...(alias && { qualifier: alias }) })
    if (!alias) return arn
    const { Version: FunctionVersion } = await this.aws.lambda.send(
      new PublishVersionCommand({ FunctionName: name }),
    )
    await this.aws.lambda.send(new CreateAliasCommand({ FunctionName: name, Name: alias, FunctionVersion }))
    return `${arn}:${alias}`
  }

  /** Makes a pool, which may call the functions that were made before. Gives its id. */
  async pool(input: Partial<CreateUserPoolCommandInput> & Record<string, unknown>): Promise<string> {
    const command = new CreateUserPoolCommand({ PoolName: 'customers', ...input })
    const { UserPool } = await this.aws.cognito.send(raw(command))
    for (const { arn, qualifier } of this.#functions.splice(0)) {
      await this.aws.lambda.send(
        new AddPermissionCommand({
          ...{ FunctionName: arn, Qualifier: qualifier, StatementId: 'cognito' },
          ...{ Action: 'lambda:InvokeFunction', Principal: 'cognito-idp.amazonaws.com' },
          SourceArn: UserPool?.Arn,
        }),
      )
    }
    return UserPool?.Id ?? ''
  }

  async client(UserPoolId: string, more: Partial<CreateUserPoolClientCommandInput> = {}): Promise<string> {
    const command = new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'shop', ...more })
    const { UserPoolClient } = await this.aws.cognito.send(command)
    return UserPoolClient?.ClientId ?? ''
  }

  /** Makes a user as an administrator does, with a password for good. */
  async user(UserPoolId: string, Username: string, attributes: Record<string, string> = {}): Promise<void> {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
    const user = { UserPoolId, Username }
    await this.aws.cognito.send(
      new AdminCreateUserCommand({ ...user, UserAttributes, MessageAction: 'SUPPRESS' }),
    )
    await this.aws.cognito.send(
      new AdminSetUserPasswordCommand({ ...user, Password: 'Their-own-1', Permanent: true }),
    )
  }

  /** Everything that functions of the team were told since this was last asked, oldest first. */
  async told(): Promise<Told[]> {
    const { FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
    const messages: string[] = []
    for (let nextToken: string | undefined, isFirst = true; isFirst || nextToken; isFirst = false) {
      const ask = new FilterLogEventsCommand({ logGroupName: logGroup, nextToken })
      const page = await this.aws.logs.send(ask).catch((error) => {
        // Nothing has been told yet.
        if (error.name === 'ResourceNotFoundException') return undefined
        throw error
      })
      messages.push(...(page?.events ?? []).map(({ message = '' }) => message))
      nextToken = page?.nextToken
    }
    const all = messages.filter((line) => line.includes(mark))
    const fresh = all.slice(this.#seen)
    this.#seen = all.length
    return fresh.map((line) => JSON.parse(line.slice(line.indexOf(mark) + mark.length)))
  }

  /** A pool as Cognito tells it, what the SDK does not know included. */
  async describe(UserPoolId: string): Promise<Record<string, unknown>> {
    const { UserPool } = await this.aws.cognito.send(raw(new DescribeUserPoolCommand({ UserPoolId })))
    const { LastModifiedDate: _, ...pool } = UserPool ?? {}
    return pool
  }

  /** Every user of a pool with all that is known of him, but when he was last changed where `times` is not asked. */
  async users(UserPoolId: string): Promise<unknown[]> {
    const found: unknown[] = []
    let PaginationToken: string | undefined
    do {
      const page = await this.aws.cognito.send(new ListUsersCommand({ UserPoolId, PaginationToken }))
      found.push(...(page.Users ?? []))
      PaginationToken = page.PaginationToken
    } while (PaginationToken)
    return found
  }
}
