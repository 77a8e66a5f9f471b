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

/** Recipients with a fate of their own; every other number gets its message. */
export const fatefulNumbers: Record<string, FateName> = {
  '+15550109003': 'slow',
  '+15550109006': 'verySlow',
  '+15550109010': 'malformedAnswer',
  '+15550109011': 'answerWithoutId',
  '+15550109012': 'errorInOkAnswer',
  '+15550109020': 'neverDelivered',
  '+15550109021': 'notOnWhatsApp',
  '+15550109026': 'notOnWhatsAppLate',
  '+15550109029': 'rateLimited',
  '+15550109041': 'keyInvalid',
  '+15550109043': 'keyForbidden',
  '+15550109050': 'serverError',
  '+15550109052': 'badGateway',
  '+15550109056': 'pairRateLimit',
  '+15550109077': 'readAtOnce',
  '+15550109095': 'cut',
  '+15550109097': 'countryNotAllowed',
  '+15550109098': 'answerLost',
  '+15550109099': 'hangs',
}
