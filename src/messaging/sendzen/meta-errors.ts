// Meta's error codes of sending, by whose fault they are, and what to do about each.
// Source: Meta's Cloud API error reference. Codes are stable, their titles are not.

/** recipient: this number cannot get it. configuration: until somebody acts. transient: passes by itself. */
export type ErrorClass = 'recipient' | 'configuration' | 'transient'

export interface MetaError {
  class: ErrorClass
  why: string
  next: string
}

const otherChannel = 'let this user sign in another way; sending again will not help'
const recategorise = 'check that the template has the category AUTHENTICATION'
const fixTemplate = 'correct the template in the SendZen dashboard, then run whatsapp-otp doctor'
const dashboard = 'put it right in the SendZen dashboard (https://app.sendzen.io)'
const support = 'ask SendZen support; the account at Meta has to be put right'
const wait = 'wait a minute and try again'

const recipient = (why: string, next = otherChannel): MetaError => ({ class: 'recipient', why, next })
const configuration = (why: string, next: string): MetaError => ({ class: 'configuration', why, next })
const transient = (why: string, next = wait): MetaError => ({ class: 'transient', why, next })

const badRequest = (what: string) => configuration(what, 'run whatsapp-otp doctor')
const noPermission = configuration('the account may not do this at Meta', support)

const table: Record<number, MetaError> = {
  131026: recipient('the number is not on WhatsApp, runs an old app, or has not accepted the terms'),
  131021: recipient('the recipient is the sender itself', 'send to another number'),
  131030: recipient(
    'the sender is a test number and the recipient is not on its allow-list',
    'add the number to the list in the SendZen dashboard, or use a real sender',
  ),
  131062: recipient('codes need a phone number; this recipient is a user name'),
  130497: recipient(
    'this business may not message users in that country',
    'take the country out of ALLOWED_COUNTRIES',
  ),
  131049: recipient('WhatsApp holds back marketing messages to this user', recategorise),
  130472: recipient('the user is in an experiment of Meta on marketing messages', recategorise),
  131050: recipient('the user wants no marketing messages', recategorise),

  132000: configuration(
    'the template takes another number of parameters; often its code button is missing',
    fixTemplate,
  ),
  132001: configuration(
    'the template does not exist, or is not approved, in this language',
    'run whatsapp-otp doctor',
  ),
  132005: configuration('the text is too long once the code is put in', fixTemplate),
  132007: configuration("the template's content breaks a rule of WhatsApp", fixTemplate),
  132012: configuration("the template's parameters have another form", fixTemplate),
  132015: configuration('Meta paused the template for low quality', fixTemplate),
  132016: configuration('Meta disabled the template for good', 'create a new template and deploy with it'),
  131047: configuration('only a template may open a conversation, and this was none', fixTemplate),
  100: badRequest('a parameter of the message is wrong'),
  131008: badRequest('a parameter of the message is missing'),
  131009: badRequest('a parameter of the message has a wrong value'),
  131051: badRequest('this type of message is not supported'),
  133010: configuration("the sender's number is not registered", dashboard),
  131045: configuration("the sender's number is not registered correctly (certificate)", dashboard),
  33: configuration("the sender's number no longer exists at Meta", dashboard),
  131037: configuration("the sender's display name is not approved", dashboard),
  0: configuration('SendZen could not sign in to Meta', support),
  190: configuration("SendZen's access to Meta has expired", support),
  3: noPermission,
  10: configuration(
    'the account may not do this at Meta (young accounts may not create authentication templates)',
    'verify the business at Meta, or create the template in the SendZen dashboard',
  ),
  131005: noPermission,
  131042: configuration('the payment method at Meta is missing or was refused', dashboard),
  131031: configuration('Meta locked the account', support),
  368: configuration('Meta blocked the account for breaking its policies', support),
  131048: configuration(
    'Meta stopped the sender: too many recipients blocked or reported it',
    'send nothing more until its quality rating has recovered',
  ),

  1: transient('Meta had an unknown error'),
  2: transient('the service of Meta is down'),
  4: transient("the app's limit at Meta is reached"),
  80007: transient("the business account's limit at Meta is reached"),
  130429: transient("the sender's messages per second are used up"),
  131056: transient(
    'too many messages to this number in a short time',
    'wait; the pause grows with each message',
  ),
  131000: transient('Meta had an error without a reason'),
  131016: transient('the service of Meta is overloaded'),
  131057: transient('the account is being maintained by Meta'),
  133004: transient('the server of Meta is not available'),
  133016: transient('the number was registered or removed too often'),
  135000: transient(
    'Meta refused the message without a reason',
    'try once more; if it stays, run whatsapp-otp doctor',
  ),
}

/**
 * What a code means. Unknown ones count as configuration, so that nothing repeats a message in a loop;
 * `known` tells them apart.
 */
export function explainMetaError(code: number): MetaError & { code: number; known: boolean } {
  const entry = table[code] ?? (code >= 200 && code <= 299 ? noPermission : undefined)
  if (entry) return { ...entry, code, known: true }
  return {
    class: 'configuration',
    why: `Meta gave the error ${code}`,
    next: `look up ${code} in Meta's list of Cloud API error codes`,
    code,
    known: false,
  }
}

/** The codes with an explanation of their own. */
export const knownMetaErrors = Object.keys(table).map(Number)
