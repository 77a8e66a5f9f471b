// What the latest messages of a stage say of it: how many failed and why, and whether delivery reports come. Pure.
import { faultOf } from '../../core/messaging/meta-codes.ts'
import { explainFailedSend, type SendFailure } from '../../messaging/send-failures.ts'
import { reportFunction } from '../../names.ts'
import { age, count } from '../../terminal/layout.ts'
import type { Latest, Sent } from './latest.ts'
import { type Judged, type Problem, thresholds } from './problem.ts'

/** `keyChangedAt`: what the provider said of the key before says nothing about the one that is there now. */
export function sendProblems(judged: Judged, latest: Latest, keyChangedAt = 0): Problem[] {
  const { stage, provider, now } = judged
  const explain = (one: Sent) => explainFailedSend(one.failed ?? {}, provider)
  const accepted = latest.sends.findLast(({ failed }) => !failed)?.at ?? 0
  // The provider takes the key again, or it is another one: what it said before is over.
  const isOver = (one: Sent) =>
    one.failed !== undefined && one.at < Math.max(keyChangedAt, accepted) && explain(one).kind === 'key'
  const sends = windowOf(
    latest.sends.filter((one) => !isOver(one)),
    now,
  )
  const failures = sends.filter(({ failed }) => failed).map((one) => ({ one, why: explain(one) }))
  if (failures.length === 0) return []
  const ours = failures.filter(({ why }) => why.kind !== 'recipient')
  const unanswered = ours.filter(({ one }) => one.at > accepted)
  const isCertain = unanswered.some(({ one, why }) => why.kind === 'key' || isOfMeta(one))
  const grave =
    isCertain ||
    unanswered.length >= thresholds.inRow ||
    (sends.length >= thresholds.fewest && ours.length / sends.length > thresholds.share) ||
    (sends.length >= thresholds.many && failures.length / sends.length > thresholds.anyShare)
  const told = (ours.length > 0 && (grave || unanswered.length > 0) ? ours : failures).map(({ why }) => why)
  const [most, ...others] = byFrequency(told)
  const also = others.length > 0 ? `; ${others.map(({ why }) => why).join('; ')}` : ''
  const last = age(now - failures.at(-1)!.one.at)
  const words =
    sends.length === 1
      ? `the last message failed, ${last} ago`
      : `${failures.length} of the last ${sends.length} messages failed, the latest ${last} ago`
  return [
    {
      id: 'sends',
      grave,
      cause: `${words}: ${most!.why}${also}`,
      next: [
        withStage(most!.next, stage),
        `whatsapp-otp logs createAuthChallenge --stage ${stage} --since 1h`,
      ],
    },
  ]
}

/** What Meta gives a number to is known for what it is; a refusal in other words may be about one number only. */
const isOfMeta = ({ failed }: Sent) => {
  const code = String(failed?.providerCode ?? '')
  return /^\d+$/.test(code) && faultOf(Number(code)) === 'configuration'
}

/** The commands that explanations name are of no stage. */
export const withStage = (next: string, stage: string) =>
  next.replace(
    /whatsapp-otp (rotate-key|deploy|doctor|test-send <phone>)/,
    `whatsapp-otp $1 --stage ${stage}`,
  )

function windowOf(sends: readonly Sent[], now: number): Sent[] {
  const lately = sends.filter(({ at }) => at > now - thresholds.windowMs)
  return lately.length < thresholds.fewest ? sends.slice(-thresholds.fewest) : lately
}

/** Each kind of failure once, the most frequent first, three at most. */
function byFrequency(failures: readonly SendFailure[]): SendFailure[] {
  const times = new Map<string, { failure: SendFailure; times: number }>()
  for (const failure of failures) {
    times.set(failure.why, { failure, times: (times.get(failure.why)?.times ?? 0) + 1 })
  }
  return [...times.values()]
    .sort((a, b) => b.times - a.times)
    .slice(0, 3)
    .map(({ failure }) => failure)
}

/**
 * For a stage that takes delivery reports. `changedAt`: of messages before its secret was made or changed none may have
 * come, and that is over.
 */
export function reportProblems(
  { stage, provider, now }: Judged,
  latest: Latest,
  changedAt: number,
): Problem[] {
  const until = now - thresholds.reportMs
  const from = Math.max(until - thresholds.windowMs, changedAt)
  const due = latest.sends.filter(({ at, went, messageId }) => went && messageId && at > from && at <= until)
  const first = due[0]
  if (!first || (latest.reportedAt ?? 0) >= first.at) return []
  const why =
    (latest.refusedAt ?? 0) >= first.at
      ? 'requests arrive, but without the right signature'
      : `${provider.title} may not know the address`
  return [
    {
      id: 'reports',
      grave: due.length >= thresholds.unreported,
      cause: `no delivery report has come for ${count(due.length, 'message')} of the last hour: ${why}`,
      next: [
        `compare the webhook at ${provider.dashboard} with what whatsapp-otp doctor --stage ${stage} says of it: address and secret`,
        `whatsapp-otp logs ${reportFunction} --stage ${stage} --since 2h`,
      ],
    },
  ]
}
