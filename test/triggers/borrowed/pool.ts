// The functions as they are deployed to a pool of somebody else's: their own modules and variables, a real DynamoDB
// emulator, and one server that is SSM, Cognito, Lambda and the provider.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { Context } from 'aws-lambda'
import dynalite from 'dynalite'
import { afterAll, beforeAll, beforeEach, vi } from 'vitest'
import { environment, ofBorrowedPool } from '../../../src/core/environment.ts'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createTestUsers } from '../outside/users.ts'
import { masterKey } from '../rounds/pool.ts'
import { functionValues } from '../values.ts'

export const poolId = 'us-east-1_Theirs'
export const clients = { signup: 'client-signup', login: 'client-login', theirs: 'client-theirs' }

const files = {
  preSignUp: 'pre-sign-up',
  defineAuthChallenge: 'define-auth-challenge',
  createAuthChallenge: 'create-auth-challenge',
  verifyAuthChallenge: 'verify-auth-challenge',
  postConfirmation: 'post-confirmation',
}
export type Trigger = keyof typeof files
export const triggers = Object.keys(files) as Trigger[]

export const formerArn = (trigger: Trigger) =>
  `arn:aws:lambda:us-east-1:123456789012:function:their-${trigger}`

export interface Invocation {
  path: string
  event: Record<string, unknown>
}

type Variables = Record<string, string | undefined>
type Answer = { status?: number; headers?: Record<string, string>; body: string }
export type Run = (event: object) => Promise<unknown>

/** Opens for the tests of one file what the functions talk to. */
export function borrowedPool() {
  const table = dynalite({ createTableMs: 0 }) as unknown as Server
  const { users, operations } = createTestUsers()
  const state = {
    users,
    /** What was asked of Cognito, in order. */
    asked: [] as { operation: string; input: Record<string, unknown> }[],
    messages: [] as { to: string; code: string }[],
    invocations: [] as Invocation[],
    lines: [] as string[],
    cognitoIsDown: false,
    isPaused: false,
    /** The functions that Cognito called before. */
    former: async (_invocation: Invocation): Promise<Answer> => ({ body: '{"theirs":true}' }),
  }
  let server: Server
  let url = ''
  let tableUrl = ''
  let dynamo: DynamoDBClient

  function cognito(operation: string, input: Record<string, unknown>): object {
    state.asked.push({ operation, input })
    if (state.cognitoIsDown) throw new AwsError('NotAuthorizedException', 400, false)
    return operations[operation as keyof typeof operations](input as never)
  }

  function parameters({ Names }: { Names?: string[] }) {
    const keys = JSON.stringify({ sendzenApiKey: 'key', otpMasterKey: masterKey, kid: 'k1' })
    const findings = JSON.stringify({ stage: 'test', standIn: 'stable' })
    const brake = JSON.stringify({ stage: 'dev', paused: state.isPaused })
    const textOf = (name: string) => (name === '/findings' ? findings : name === '/brake' ? brake : keys)
    return { Parameters: Names?.map((Name) => ({ Name, Value: textOf(Name) })) }
  }

  async function answer(incoming: IncomingMessage, text: string): Promise<Answer> {
    const path = incoming.url ?? ''
    const target = String(incoming.headers['x-amz-target'] ?? '')
    const body = JSON.parse(text || '{}') as Record<string, unknown>
    if (path.startsWith('/2015-03-31/functions/')) {
      const invocation = { path, event: body }
      state.invocations.push(invocation)
      return state.former(invocation)
    }
    if (target.startsWith('AmazonSSM')) return { body: JSON.stringify(parameters(body)) }
    if (target.startsWith('AWSCognito')) {
      try {
        return { body: JSON.stringify(cognito(target.split('.')[1]!, body)) }
      } catch (error) {
        if (!(error instanceof AwsError)) throw error
        return { status: error.status, body: JSON.stringify({ __type: error.code }) }
      }
    }
    if (incoming.method === 'POST') {
      const message = body as { to: string; template: { components: { parameters: { text: string }[] }[] } }
      const code = message.template.components[0]?.parameters[0]?.text ?? ''
      state.messages.push({ to: message.to, code })
    }
    return { body: '{"data":[{"message_id":"1"}]}' }
  }

  function listen(one: Pick<Server, 'listen' | 'address'>): Promise<string> {
    return new Promise((resolve) => {
      one.listen(0, () => resolve(`http://127.0.0.1:${(one.address() as AddressInfo).port}`))
    })
  }

  beforeAll(async () => {
    server = createServer(async (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk as Buffer)
      const { status = 200, headers = {}, body } = await answer(incoming, Buffer.concat(chunks).toString())
      outgoing.writeHead(status, headers).end(body)
    })
    url = await listen(server)
    tableUrl = await listen(table)
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIATEST')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-a-secret')
    vi.stubEnv('AWS_ENDPOINT_URL', url)
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' }
    dynamo = new DynamoDBClient({ region: 'us-east-1', endpoint: tableUrl, credentials })
    await dynamo.send(
      new CreateTableCommand({
        TableName: 'guard',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    )
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => state.lines.push(String(line)) > 0)
  })

  afterAll(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    dynamo.destroy()
    server.closeAllConnections()
    server.close()
    table.close()
  })

  const items = async () => (await dynamo.send(new ScanCommand({ TableName: 'guard' }))).Items ?? []

  async function forget() {
    for (const { pk } of await items()) {
      await dynamo.send(new DeleteItemCommand({ TableName: 'guard', Key: { pk: pk! } }))
    }
  }

  beforeEach(async () => {
    for (const list of [state.asked, state.messages, state.invocations, state.lines]) list.length = 0
    Object.assign(state, { cognitoIsDown: false, isPaused: false })
    users.clear()
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', tableUrl)
    await forget()
  })

  return Object.assign(state, {
    /** What lies in the table. */
    items,
    /** Empties the table. */
    forget,
    tableIsDown: () => vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:9'),
    /** Loads one function with its variables, and `changes` to them, as a process of its own would. */
    async load(trigger: Trigger, changes: Variables = {}): Promise<Run> {
      const values: Variables = {
        ...{ ...functionValues, SENDZEN_API_URL: `${url}/v1/messages` },
        ...{ USER_POOL_ID: poolId, FORMER_FUNCTION: formerArn(trigger), TRUST_UNVERIFIED_NUMBERS: 'false' },
        ...{ SIGNUP_CLIENT_ID: clients.signup, LOGIN_CLIENT_ID: clients.login, ...changes },
      }
      vi.resetModules()
      for (const name of Object.keys(values)) vi.stubEnv(name, undefined)
      for (const name of [...environment[trigger], ...ofBorrowedPool]) vi.stubEnv(name, values[name])
      const module = (await import(`../../../triggers/${files[trigger]}.ts`)) as {
        handler: (event: object, context: Context) => Promise<unknown>
      }
      // The own part reads its variables before another function is loaded.
      await vi.dynamicImportSettled()
      const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 5000 } as Context
      return (event) => module.handler(event, context)
    },
  })
}

export type Borrowed = ReturnType<typeof borrowedPool>
