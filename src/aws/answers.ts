// Whether what came back is an answer of AWS at all: a proxy, a sign-in page or a gateway answers in its own words.
import { shownAddress } from './trust.ts'

interface Request {
  protocol: string
  hostname: string
  port?: number | undefined
  headers: Record<string, string>
}

/** Something answered in another form than AWS's. What was asked for may have been carried out all the same. */
export class UnreadableAnswer extends Error {
  override name = 'UnreadableAnswer'
  /** Makes the SDK try again: what stands in between may be gone by then. */
  readonly $retryable = { throttling: false }
  constructor({ protocol, hostname, port }: Request, status: number) {
    const address = shownAddress(`${protocol}//${hostname}${port ? `:${port}` : ''}`)
    super(`${address} answered HTTP ${status} in no form of AWS's`)
  }
}

/** Throws UnreadableAnswer. Without it the SDK would read a page as an empty success where a service speaks XML. */
export function refuseUnreadable(request: Request, status: number, body: Uint8Array): void {
  const text = Buffer.from(body).toString('utf8').trim()
  if (text === '') return
  const isQuery = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  if (isQuery ? /<[\w:]*Response[\s>]/.test(text) : isJson(text)) return
  throw new UnreadableAnswer(request, status)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
