// What the errors of a stage's own functions say of it: its table, its secrets, defects and crashes. Pure.
import { names, reportFunction } from '../../names.ts'
import type { Latest, Trouble } from './latest.ts'
import { deploy, type Judged, type Problem, thresholds } from './problem.ts'

/** `isOut`: a sign-in was tried just now, and its challenge said `unavailable`. */
export function troubleProblems(judged: Judged, latest: Latest, { isOut }: { isOut: boolean }): Problem[] {
  const { now } = judged
  const recent = latest.troubles.filter(({ at }) => at >= now - thresholds.troublesMs)
  const wentAt = latest.sends.findLast(({ went }) => went)?.at ?? 0
  const isOfReports = ({ trigger }: Trouble) => trigger === reportFunction
  const ofSignIn = recent.filter((one) => !isOfReports(one) && one.at >= wentAt)
  return [
    ...problemIn(ofSignIn, judged, (times) => isOut || times >= thresholds.troubles),
    // Users get their codes without it.
    ...problemIn(recent.filter(isOfReports), judged, () => false),
  ]
}

/** The latest of them stands for all of its kind. */
function problemIn(
  troubles: readonly Trouble[],
  { stage }: Judged,
  isGrave: (times: number) => boolean,
): Problem[] {
  const last = troubles.at(-1)
  if (!last) return []
  const times = troubles.filter(({ of }) => of === last.of).length
  const { cause, next } = explainTrouble(last, stage)
  return [
    {
      id: last.of,
      grave: isGrave(times),
      cause: times > 1 ? `${cause}, ${times} times lately` : cause,
      next,
    },
  ]
}

const unreached = ['dns', 'refused', 'tls', 'connect-timeout', 'timeout', 'reset']

function explainTrouble({ of, reason, trigger }: Trouble, stage: string): Pick<Problem, 'cause' | 'next'> {
  const logs = `whatsapp-otp logs ${trigger} --stage ${stage} --since 1h`
  if (of === 'defect')
    return { cause: `${trigger} failed with a defect of its own (${reason})`, next: [logs] }
  if (of === 'crash') return { cause: `${trigger} was cut off or ended by itself (${reason})`, next: [logs] }
  const [what, service] =
    of === 'table' ? [`the table ${names.table(stage)}`, 'DynamoDB'] : ['its secrets', 'the Parameter Store']
  if (/Throttl|ThroughputExceeded|RequestLimitExceeded|TooManyRequests/.test(reason)) {
    return {
      cause: `${service} throttles ${what} (${reason})`,
      next: [
        `whatsapp-otp status --stage ${stage}   again in a minute; if it stays, raise the quota of ${service} in Service Quotas`,
        logs,
      ],
    }
  }
  if (/AccessDenied|UnrecognizedClient/.test(reason)) {
    return { cause: `${trigger} may not use ${what} (${reason})`, next: [deploy(stage), logs] }
  }
  if (/NotFound|SecretsError/.test(reason)) {
    const state = of === 'table' ? 'missing' : 'missing or unreadable'
    return { cause: `${trigger} finds ${what} ${state} (${reason})`, next: [deploy(stage), logs] }
  }
  if (unreached.includes(reason)) {
    return {
      cause: `${trigger} cannot reach ${service} (${reason})`,
      next: ['look at the health of AWS in this region: https://health.aws.amazon.com', logs],
    }
  }
  return { cause: `${trigger} cannot use ${what} (${reason})`, next: [logs] }
}
