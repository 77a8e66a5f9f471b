// What can become of a message: ways to be refused, to get no proper answer, or to fail later; and the
// phone numbers that meet each of them. Codes are those of Meta's WhatsApp Cloud API error page.

export interface Fate {
  /** Real milliseconds before the answer; the message itself is on its way at once. */
  slowMs?: number
  /** Nothing is sent, and this is answered. */
  refusal?: { status: number; code: string; details: string; headers?: Record<string, string> }
  /** Answered instead of SendZen's JSON. */
  body?: { status: number; type: string; text: string }
  /** No answer: the connection is kept open, or cut. */
  connection?: 'hangs' | 'cut'
  /** False when nothing is sent although no refusal says so. */
  accepted?: false
  /** The status at which an accepted message stays; `delivered` unless told. */
  ends?: 'queued' | 'sent' | 'delivered' | 'read'
  /** The Meta error with which an accepted message fails afterwards. */
  fails?: { code: number; title: string }
}

const refused = (status: number, code: string, details: string, headers?: Record<string, string>): Fate => ({
  refusal: { status, code, details, ...(headers && { headers }) },
})

export const fates = {
  notOnWhatsApp: refused(400, '131026', 'Message undeliverable: the recipient is not on WhatsApp.'),
  notOnWhatsAppLate: { fails: { code: 131026, title: 'Message undeliverable' } },
  pairRateLimit: refused(400, '131056', 'Too many messages to this recipient in a short time.'),
  countryNotAllowed: refused(403, '130497', 'The business may not message users in this country.'),
  slow: { slowMs: 3_000 },
  verySlow: { slowMs: 6_000 },
  serverError: refused(500, 'INTERNAL_ERROR', 'Something went wrong.'),
  badGateway: {
    accepted: false,
    body: { status: 502, type: 'text/html', text: '<html><h1>502 Bad Gateway</h1></html>' },
  },
  keyInvalid: refused(401, 'UNAUTHORIZED', 'The API key is missing or invalid.'),
  keyForbidden: refused(403, 'FORBIDDEN', 'The API key has expired or has no rights to this project.'),
  rateLimited: refused(429, 'RATE_LIMITED', 'Too many requests.', { 'retry-after': '1' }),
  hangs: { accepted: false, connection: 'hangs' },
  cut: { accepted: false, connection: 'cut' },
  /** The message goes out, but whoever sent it never learns of it: a retry sends it twice. */
  answerLost: { connection: 'cut' },
  malformedAnswer: {
    body: { status: 200, type: 'application/json', text: '{"message":"queued","data":[{"mess' },
  },
  answerWithoutId: {
    body: { status: 202, type: 'application/json', text: '{"message":"Accepted","data":[]}' },
  },
  /** The older way to say no: HTTP 200, and the real status in the body. */
  errorInOkAnswer: {
    accepted: false,
    body: {
      status: 200,
      type: 'application/json',
      text: '{"statuscode":400,"response":"Invalid request","data":null}',
    },
  },
  neverDelivered: { ends: 'sent' },
  readAtOnce: { ends: 'read' },
} satisfies Record<string, Fate>

export type FateName = keyof typeof fates

/** A recipient with a fate of its own. */
export interface FatefulNumber {
  /** E.164. */
  number: string
  fate: FateName
  /** What befalls it, for people. */
  says: string
}

const numbers: [number: string, fate: FateName, says: string][] = [
  ['+15550109021', 'notOnWhatsApp', 'not on WhatsApp: refused at once'],
  ['+15550109026', 'notOnWhatsAppLate', 'not on WhatsApp: accepted, and failed later'],
  ['+15550109020', 'neverDelivered', 'sent, and never delivered'],
  ['+15550109077', 'readAtOnce', 'delivered and read at once'],
  ['+15550109003', 'slow', 'SendZen answers after 3 s'],
  ['+15550109006', 'verySlow', 'SendZen answers after 6 s: too late'],
  ['+15550109099', 'hangs', 'SendZen never answers'],
  ['+15550109095', 'cut', 'the connection is cut, and nothing is sent'],
  ['+15550109098', 'answerLost', 'the message is sent, and the answer lost'],
  ['+15550109029', 'rateLimited', 'SendZen: too many requests (429)'],
  ['+15550109041', 'keyInvalid', 'SendZen refuses the key (401)'],
  ['+15550109043', 'keyForbidden', 'the key has no rights (403)'],
  ['+15550109050', 'serverError', 'SendZen fails (500)'],
  ['+15550109052', 'badGateway', 'a proxy answers HTML (502)'],
  ['+15550109056', 'pairRateLimit', 'Meta: too many messages to this number'],
  ['+15550109097', 'countryNotAllowed', 'Meta: no messages to this country'],
  ['+15550109010', 'malformedAnswer', 'the answer ends in the middle'],
  ['+15550109011', 'answerWithoutId', 'the answer has no message in it'],
  ['+15550109012', 'errorInOkAnswer', 'an error that comes with status 200'],
]

/** Every other number gets its message. */
export const fatefulNumbers: readonly FatefulNumber[] = numbers.map(([number, fate, says]) => ({
  number,
  fate,
  says,
}))

const fateOf = new Map(fatefulNumbers.map(({ number, fate }) => [number, fates[fate]]))

/** What befalls a message to a number. */
export const fateOfNumber = (number: string): Fate => fateOf.get(number) ?? {}
