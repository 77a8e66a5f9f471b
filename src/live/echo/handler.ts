// The one function behind every trigger of a probe pool: does what the test asks of it, and tells no number.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'

/** What it is handed: by Cognito as a trigger, or straight as `{ sms }` or `{ pool }`. */
interface Asked {
  triggerSource?: string
  userPoolId: string
  userName: string
  request: {
    userAttributes?: Record<string, string>
    userNotFound?: boolean
    session?: { challengeResult?: boolean }[]
    challengeAnswer?: string
    clientMetadata?: Record<string, string>
  }
  response: Record<string, unknown>
  /** A number that gets one text message. */
  sms?: string
  /** A user pool that is made with the rights of the function's role. */
  pool?: object
}

/** What AWS answered to the function itself. */
export interface Told {
  status: number
  /** The action that a refusal names. */
  missing: string | null
  /** Of the pool that was made. */
  id: string | null
}

const { AWS_REGION = '', SLOW_MS = '7000', PROOF = '' } = process.env

export async function handler(event: Asked, { awsRequestId }: { awsRequestId: string }): Promise<unknown> {
  if (event.sms) return tell(await publish(event.sms))
  if (event.pool) return tell(await cognito('CreateUserPool', event.pool))
  const { request, response, userName } = event
  const { confirm, pre, post } = request.clientMetadata ?? {}
  switch (event.triggerSource?.split('_')[0]) {
    case 'PreSignUp':
      // The one thing that whoever signs up is told of a trigger.
      if (pre === 'throw') throw new Error('the probe was here')
      response.autoConfirmUser =
        confirm === 'yes' || (confirm === 'if-number' && request.userAttributes?.phone_number !== undefined)
      return event
    case 'PostConfirmation':
      if (post === 'throw') throw new Error('the probe was here')
      return event
    case 'DefineAuthChallenge': {
      const isDone = request.session?.at(-1)?.challengeResult === true
      Object.assign(response, { issueTokens: isDone, failAuthentication: false })
      if (!isDone) response.challengeName = 'CUSTOM_CHALLENGE'
      return event
    }
    case 'CreateAuthChallenge': {
      const name = createHash('sha256').update(userName).digest('hex')
      response.publicChallengeParameters = { name, unknown: String(request.userNotFound === true) }
      response.privateChallengeParameters = { nothing: 'to hide' }
      return event
    }
    default:
      response.answerCorrect = await judge(event, awsRequestId)
      return event
  }
}

/** A line of the log. */
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

async function judge({ request, userName, userPoolId }: Asked, awsRequestId: string): Promise<boolean> {
  const answer = request.challengeAnswer
  if (answer === 'slow') {
    say({ slow: 'begins', awsRequestId })
    await pause(Number(SLOW_MS))
    say({ slow: 'ends', awsRequestId })
  }
  if (answer === 'prove') {
    const UserAttributes = ['phone_number_verified', PROOF].map((Name) => ({ Name, Value: 'true' }))
    const { ok, status } = await cognito('AdminUpdateUserAttributes', {
      UserPoolId: userPoolId,
      Username: userName,
      UserAttributes,
    })
    if (!ok) throw new Error(`AWS answered ${status}`)
  }
  return answer === 'right' || answer === 'prove'
}

const endpoint = (service: string) =>
  process.env.AWS_ENDPOINT_URL ?? `https://${service}.${AWS_REGION}.${process.env.DOMAIN ?? 'amazonaws.com'}`

const signed = () =>
  new AwsClient({
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: process.env.AWS_SESSION_TOKEN ?? '',
    region: AWS_REGION,
    retries: 0,
  })

function cognito(operation: string, input: object): Promise<Response> {
  return signed().fetch(`${endpoint('cognito-idp')}/`, {
    method: 'POST',
    aws: { service: 'cognito-idp' },
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(input),
  })
}

function publish(PhoneNumber: string): Promise<Response> {
  const Message = 'A test of whatsapp-otp: nothing is to be done.'
  return signed().fetch(`${endpoint('sns')}/`, {
    method: 'POST',
    aws: { service: 'sns' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', PhoneNumber, Message })),
  })
}

async function tell(answer: Response): Promise<Told> {
  const text = await answer.text()
  return {
    status: answer.status,
    missing: /\b(sns|sms-voice|cognito-idp):\w+/.exec(answer.ok ? '' : text)?.[0] ?? null,
    id: /"Id":"([\w-]+)"/.exec(answer.ok ? text : '')?.[1] ?? null,
  }
}
