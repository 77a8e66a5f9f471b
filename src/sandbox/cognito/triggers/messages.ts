// The messages of a pool: who is asked about their words, and who sends them instead of Cognito.
import { randomBytes } from 'node:crypto'
import { AwsFault } from '../../account/aws-fault.ts'
import { stringMap } from '../model/input.ts'
import type { Pool, Store } from '../model/store.ts'
import type { User } from '../model/users.ts'
import { attributesForTriggers, callTrigger, functionOf, unrecognizable } from './call.ts'

/** Where a message goes, as Cognito tells the client. */
export interface Delivery {
  AttributeName: 'email' | 'phone_number'
  DeliveryMedium: 'EMAIL' | 'SMS'
  /** Mostly hidden. */
  Destination: string
}

export interface Message {
  pool: Pool
  user: User
  clientId: string
  input: Record<string, unknown>
  kind: 'SignUp' | 'ForgotPassword' | 'AdminCreateUser'
  delivery: Delivery
}

const codeParameter = '{####}'

/** A message by way of an attribute that the user has. */
export function deliveryBy(user: User, attribute: Delivery['AttributeName']): Delivery | undefined {
  const value = user.attributes[attribute]
  if (!value) return undefined
  if (attribute === 'email') {
    const Destination = value.replace(/^(.).*@(.).*$/, '$1***@$2***')
    return { AttributeName: attribute, DeliveryMedium: 'EMAIL', Destination }
  }
  return { AttributeName: attribute, DeliveryMedium: 'SMS', Destination: `+*******${value.slice(-4)}` }
}

/**
 * Sends a message, as far as a trigger does. What Cognito sends itself arrives nowhere, and a sender gets the code as
 * nobody can read it: the sandbox has no keys of KMS.
 */
export async function deliver(store: Store, message: Message): Promise<void> {
  const { pool, delivery } = message
  const sender = delivery.DeliveryMedium === 'SMS' ? 'CustomSMSSender' : 'CustomEmailSender'
  if (functionOf(pool, sender)) return send(store, sender, message)
  if (!functionOf(pool, 'CustomMessage')) return
  const { words, isSms } = await ask(store, message)
  if (words === null || words === undefined) return
  if (typeof words !== 'string') throw unrecognizable()
  // The words are the sandbox's; the rule is documented.
  if (!words.includes(codeParameter) || words.length > (isSms ? 140 : 20_000)) {
    const fault = `CustomMessage must answer ${isSms ? 'an SMS' : 'an e-mail'} with ${codeParameter} in it.`
    throw new AwsFault('InvalidLambdaResponseException', fault)
  }
}

function common({ pool, user, clientId, input }: Message) {
  const metadata = stringMap(input, 'ClientMetadata')
  return {
    trigger: { pool, clientId, userName: user.username },
    request: {
      userAttributes: attributesForTriggers(user),
      ...(metadata && { clientMetadata: metadata }),
    },
  }
}

async function send(
  store: Store,
  key: 'CustomSMSSender' | 'CustomEmailSender',
  message: Message,
): Promise<void> {
  const { trigger, request } = common(message)
  await callTrigger(store, {
    ...trigger,
    key,
    source: `${key}_${message.kind}`,
    request: {
      type: `custom${key.slice('Custom'.length)}RequestV1`,
      code: randomBytes(300).toString('base64'),
      clientMetadata: null,
      ...request,
    },
    response: undefined,
  })
}

async function ask(store: Store, message: Message): Promise<{ words: unknown; isSms: boolean }> {
  const { trigger, request } = common(message)
  const usernameParameter = message.kind === 'AdminCreateUser' ? '{username}' : null
  const answer = await callTrigger(store, {
    ...trigger,
    key: 'CustomMessage',
    source: `CustomMessage_${message.kind}`,
    request: { ...request, codeParameter, linkParameter: '{##Click Here##}', usernameParameter },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  })
  const isSms = message.delivery.DeliveryMedium === 'SMS'
  return { words: answer?.[isSms ? 'smsMessage' : 'emailMessage'], isSms }
}
