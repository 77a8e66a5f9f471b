// What Meta's error codes of sending mean in the user's words, and what to do about each.
import {
  type configurationCodes,
  type Fault,
  faultOf,
  type recipientCodes,
  type transientCodes,
} from '../core/messaging/meta-codes.ts'
import type { ProviderDescription } from '../core/messaging/provider.ts'
import type { Failure } from './provider.ts'

/** `{title}` and `{dashboard}` stand for the provider's. */
type Words = Pick<Failure, 'why' | 'next'>

const fixTemplate = 'correct the template in the {title} dashboard, then run whatsapp-otp doctor'
const dashboard = 'put it right in the {title} dashboard ({dashboard})'
const support = 'ask {title} support; the account at Meta has to be put right'
const recategorise = 'check that the template has the category AUTHENTICATION'

const words = (why: string, next: string): Words => ({ why, next })
const unreachable = (why: string) =>
  words(why, 'let this user sign in another way; sending again will not help')
const passing = (why: string) => words(why, 'wait a minute and try again')
const badRequest = (why: string) => words(why, 'run whatsapp-otp doctor')
const noPermission = words('the account may not do this at Meta', support)

// Typed by the lists of codes: none of them goes without words, and no words without a fault.
const recipient: Record<(typeof recipientCodes)[number], Words> = {
  131026: unreachable('the number is not on WhatsApp, runs an old app, or has not accepted the terms'),
  131021: words('the recipient is the sender itself', 'send to another number'),
  131030: words(
    'the sender is a test number and the recipient is not on its allow-list',
    'add the number to the list in the {title} dashboard, or use a real sender',
  ),
  131062: unreachable('codes need a phone number; this recipient is a user name'),
  130497: words(
    'this business may not message users in that country',
    'take the country out of ALLOWED_COUNTRIES',
  ),
  131049: words('WhatsApp holds back marketing messages to this user', recategorise),
  130472: words('the user is in an experiment of Meta on marketing messages', recategorise),
  131050: words('the user wants no marketing messages', recategorise),
}

const configuration: Record<(typeof configurationCodes)[number], Words> = {
  132000: words(
    'the template takes another number of parameters; often its code button is missing',
    fixTemplate,
  ),
  132001: words(
    'the template does not exist, or is not approved, in this language',
    'run whatsapp-otp doctor',
  ),
  132005: words('the text is too long once the code is put in', fixTemplate),
  132007: words("the template's content breaks a rule of WhatsApp", fixTemplate),
  132012: words("the template's parameters have another form", fixTemplate),
  132015: words('Meta paused the template for low quality', fixTemplate),
  132016: words('Meta disabled the template for good', 'create a new template and deploy with it'),
  131047: words('only a template may open a conversation, and this was none', fixTemplate),
  100: badRequest('a parameter of the message is wrong'),
  131008: badRequest('a parameter of the message is missing'),
  131009: badRequest('a parameter of the message has a wrong value'),
  131051: badRequest('this type of message is not supported'),
  133010: words("the sender's number is not registered", dashboard),
  131045: words("the sender's number is not registered correctly (certificate)", dashboard),
  33: words("the sender's number no longer exists at Meta", dashboard),
  131037: words("the sender's display name is not approved", dashboard),
  0: words('{title} could not sign in to Meta', support),
  190: words("{title}'s access to Meta has expired", support),
  3: noPermission,
  10: words(
    'the account may not do this at Meta (young accounts may not create authentication templates)',
    'verify the business at Meta, or create the template in the {title} dashboard',
  ),
  131005: noPermission,
  131042: words('the payment method at Meta is missing or was refused', dashboard),
  131031: words('Meta locked the account', support),
  368: words('Meta blocked the account for breaking its policies', support),
  131048: words(
    'Meta stopped the sender: too many recipients blocked or reported it',
    'send nothing more until its quality rating has recovered',
  ),
}

const transient: Record<(typeof transientCodes)[number], Words> = {
  1: passing('Meta had an unknown error'),
  2: passing('the service of Meta is down'),
  4: passing("the app's limit at Meta is reached"),
  80007: passing("the business account's limit at Meta is reached"),
  130429: passing("the sender's messages per second are used up"),
  131056: words(
    'too many messages to this number in a short time',
    'wait; the pause grows with each message',
  ),
  131000: passing('Meta had an error without a reason'),
  131016: passing('the service of Meta is overloaded'),
  131057: passing('the account is being maintained by Meta'),
  133004: passing('the server of Meta is not available'),
  133016: passing('the number was registered or removed too often'),
  135000: words(
    'Meta refused the message without a reason',
    'try once more; if it stays, run whatsapp-otp doctor',
  ),
}

const table: Record<number, Words> = { ...recipient, ...configuration, ...transient }

interface MetaFailure extends Failure {
  code: number
  class: Fault
  /** False for a code that this version does not know. */
  known: boolean
}

/** What a code means to whoever sends through this provider. */
export function explainMetaError(
  code: number,
  provider: Pick<ProviderDescription, 'title' | 'dashboard'>,
): MetaFailure {
  const entry = table[code] ?? (code >= 200 && code <= 299 ? noPermission : undefined)
  const { why, next } = entry ?? {
    why: `Meta gave the error ${code}`,
    next: `look up ${code} in Meta's list of Cloud API error codes`,
  }
  const fill = (text: string) =>
    text.replaceAll('{title}', provider.title).replaceAll('{dashboard}', provider.dashboard)
  return { class: faultOf(code), why: fill(why), next: fill(next), code, known: entry !== undefined }
}

/** The codes with an explanation of their own. */
export const knownMetaErrors = Object.keys(table).map(Number)
