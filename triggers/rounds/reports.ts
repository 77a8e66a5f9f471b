// Delivery reports: takes what the provider has signed, and notes what became of the messages that are ours.
import type { LambdaFunctionURLEvent } from 'aws-lambda'
import { type DeliveryReport, deliveryReportsIn } from '../../src/core/reports/delivery-reports.ts'
import { type KnownMessage, messageHashOf, type ReportStatus } from '../../src/core/reports/table-messages.ts'
import { isSignedBy } from '../../src/core/reports/webhook-secret.ts'
import { numberIdOf } from '../../src/core/table-items.ts'
import type { Clock, Deadline } from '../outside/clock.ts'
import { type Log, logFailure } from '../outside/log.ts'
import type { Messages } from '../outside/messages.ts'
import type { Queue } from '../outside/queue.ts'
import type { WebhookSecrets } from '../outside/webhook-secret.ts'

export interface ReportOptions {
  clock: Clock
  secrets: Pick<WebhookSecrets, 'get' | 'again'>
  messages: Pick<Messages, 'report'>
  /** Without it no SMS takes the place of a message that failed. */
  queue: Pick<Queue, 'put'> | undefined
}

export interface Answer {
  statusCode: number
  headers?: Record<string, string>
}

type Request = Pick<LambdaFunctionURLEvent, 'headers' | 'body' | 'isBase64Encoded'> & {
  requestContext: { http: { method: string } }
}

/** A report is less than 1 kB; a body may hold some hundreds. */
const mostBytes = 256 * 1024
const atOnce = 10
/** A report may be here before the message that it is about is remembered; one that is older is not ours. */
const isFreshMs = 30_000
const patienceMs = [200, 800]
/** Between two lines about requests that were refused for the same reason: whoever floods the address fills no log. */
const silenceMs = 60_000

export function takeReports({ clock, secrets, messages, queue }: ReportOptions) {
  const toldAt = new Map<string, number>()

  function refuse(statusCode: number, reason: string, log: Log): Answer {
    const last = toldAt.get(reason) ?? Number.NEGATIVE_INFINITY
    if (clock.now() - last >= silenceMs) {
      toldAt.set(reason, clock.now())
      log('report_refused', { reason, httpStatus: statusCode })
    }
    return { statusCode }
  }

  async function isSigned(body: Buffer, signature: string, deadline: Deadline): Promise<boolean> {
    if (isSignedBy(await secrets.get(deadline), body, signature)) return true
    return isSignedBy(await secrets.again(deadline), body, signature)
  }

  async function messageFor(
    report: DeliveryReport,
    statuses: readonly ReportStatus[],
    deadline: Deadline,
  ): Promise<KnownMessage | undefined> {
    const hash = messageHashOf(report.messageId)
    const isFresh = report.at !== undefined && clock.now() - report.at < isFreshMs
    for (const pause of [0, ...(isFresh ? patienceMs : [])]) {
      if (deadline.left() < pause + 300) break
      if (pause > 0) await clock.sleep(pause)
      const message = await messages.report(hash, statuses, deadline)
      if (message) return message
    }
    return undefined
  }

  async function take(report: DeliveryReport, deadline: Deadline, log: Log): Promise<void> {
    const { messageId, status, at, code } = report
    // What was read has arrived, whether or not that is reported too.
    const statuses: ReportStatus[] = status === 'read' ? ['delivered', 'read'] : [status]
    const message = await messageFor(report, statuses, deadline)
    if (!message) return
    const { ledger, cid, n, seen } = message
    // Also for a report that comes again: the first one may not have got so far. More than one is sent for none.
    const isLost = status === 'failed' && !seen.has('delivered') && message.successor && !message.isClaimed
    if (isLost) await queue?.put({ message: messageHashOf(messageId), reason: 'failed' }, 0, deadline)
    if (seen.has(status)) return
    const about = { number: numberIdOf(ledger), cid, n, messageId, status, channel: 'whatsapp' }
    if (status === 'failed') {
      // It was not that one then: a message that has arrived cannot fail.
      if (!seen.has('delivered')) log('report_failed', { ...about, providerCode: code })
      return
    }
    if (status === 'sent') return log('report_sent', about)
    const latencyMs = Math.max(0, Math.round((at ?? clock.now()) - message.at))
    if (status === 'delivered') return log('report_delivered', { ...about, latencyMs })
    if (!seen.has('delivered')) log('report_delivered', { ...about, status: 'delivered' })
    log('report_read', about)
  }

  /** Answers a request to the public address. Never throws; what may be repeated with success is answered 503. */
  return async function reports(event: Request, deadline: Deadline, log: Log): Promise<Answer> {
    if (event.requestContext.http.method !== 'POST') return { statusCode: 405, headers: { allow: 'POST' } }
    const encoded = event.body ?? ''
    if (encoded.length > (mostBytes * 4) / 3 + 4) return refuse(413, 'size', log)
    const body = Buffer.from(encoded, event.isBase64Encoded ? 'base64' : 'utf8')
    if (body.length > mostBytes) return refuse(413, 'size', log)
    const signature = event.headers['x-hub-signature-256'] ?? ''
    if (!/^sha256=[0-9a-f]{64}$/.test(signature)) return refuse(403, 'no_signature', log)
    try {
      if (!(await isSigned(body, signature, deadline.within(1500)))) return refuse(403, 'signature', log)
      const found = deliveryReportsIn(body.toString('utf8'))
      if (!found) return refuse(400, 'body', log)
      for (let next = 0; next < found.length; next += atOnce) {
        if (deadline.left() < 500) return { statusCode: 503 }
        await Promise.all(found.slice(next, next + atOnce).map((report) => take(report, deadline, log)))
      }
      return { statusCode: 200 }
    } catch (error) {
      logFailure(log, error)
      return { statusCode: 503 }
    }
  }
}
