// The judgement of a stage: what keeps users from signing in, why, and what ends it, from what was seen of it. Pure.
import { hourMs } from '../../core/ledger/ledger.ts'
import type { ProviderDescription } from '../../core/messaging/provider.ts'
import type { Danger } from '../../engine/resource.ts'
import { type FunctionName, names, type Trigger } from '../../names.ts'

export interface Problem {
  /** Stable, for programs: `wiring`, `secrets`, `sends`. */
  id: string
  /** Users cannot sign in, or many of them; otherwise it is something to look at. */
  grave: boolean
  /** In words. */
  cause: string
  /** What ends it: commands, or what to do elsewhere; the most likely first. */
  next: string[]
}

/** What the rules go by of a stage. */
export interface Judged {
  stage: string
  provider: Pick<ProviderDescription, 'title' | 'dashboard' | 'key'>
  /** Epoch milliseconds. */
  now: number
}

/**
 * When sends are a problem. They are judged by the last hour, or by the latest few of the day where that has fewer.
 */
export const thresholds = {
  windowMs: hourMs,
  /** Fewer than this say little; so many of the day count where the hour has less. */
  fewest: 5,
  /** Of all, failed for another reason than the number's own. */
  share: 0.2,
  /** Of at least `many`, failed for whatever reason. */
  anyShare: 0.5,
  many: 10,
  /** Failed one after the other, and nothing has gone out since. */
  inRow: 3,
  /** Errors of our own that nothing has followed. */
  troubles: 3,
  troublesMs: 15 * 60_000,
  /** Messages without any report, each old enough for one. */
  unreported: 3,
  reportMs: 15 * 60_000,
} as const

export const deploy = (stage: string) => `whatsapp-otp deploy --stage ${stage}`

/** Those that stand first are the causes of those that follow, where one is. */
export const inOrder = (problems: readonly Problem[]): Problem[] => [
  ...problems.filter(({ grave }) => grave),
  ...problems.filter(({ grave }) => !grave),
]

export function wiringProblem({ stage }: Judged, unwired: readonly Trigger[], hasPool: boolean): Problem[] {
  if (!hasPool) {
    return [{ id: 'pool', grave: true, cause: 'its user pool is missing', next: [deploy(stage)] }]
  }
  if (unwired.length === 0) return []
  return [
    {
      id: 'wiring',
      grave: true,
      cause: `the pool does not call ${unwired.join(', ')}`,
      next: [deploy(stage)],
    },
  ]
}

/** `why` it runs for nobody; undefined where it is not there at all. */
export function functionProblem({ stage }: Judged, trigger: FunctionName, why: string | undefined): Problem {
  const name = names.function(stage, trigger)
  return {
    id: `function.${trigger}`,
    grave: true,
    cause: why === undefined ? `function ${name} is missing` : `the function ${name} does not run: ${why}`,
    next: [deploy(stage)],
  }
}

/** Somebody's brake, which no deploy takes away. */
export function dangerProblem(
  id: string,
  whose: string,
  { what, next }: Pick<Danger, 'what' | 'next'>,
): Problem {
  return { id: `danger.${id}`, grave: true, cause: `${whose}: ${what}`, next: [next] }
}

export type SecretState = 'missing' | 'unreadable' | undefined

/** Functions that run keep what they have read for a while: users notice later. */
export function secretsProblems(
  { stage, provider }: Judged,
  { masterKey, providerKey }: { masterKey: SecretState; providerKey: SecretState },
): Problem[] {
  const history = (name: string) =>
    `aws ssm get-parameter-history --name ${name} --with-decryption   shows what it held before`
  const ofMaster = names.masterKey(stage)
  const ofProvider = names.providerKey(stage)
  const problem = (id: string, cause: string, ...next: string[]): Problem => ({
    id,
    grave: true,
    cause,
    next,
  })
  return [
    ...(masterKey === 'missing'
      ? [
          problem(
            'secrets.master-key',
            `secrets missing: ${ofMaster}, the key that codes are made with, is not there any more`,
            `${deploy(stage)}   makes a new one: limits, known devices and test numbers begin anew`,
          ),
        ]
      : []),
    ...(masterKey === 'unreadable'
      ? [
          problem(
            'secrets.master-key',
            `secrets unreadable: ${ofMaster} is not in a form of whatsapp-otp`,
            history(ofMaster),
          ),
        ]
      : []),
    ...(providerKey === 'missing'
      ? [
          problem(
            'secrets.provider-key',
            `secrets missing: ${ofProvider}, the ${provider.title} key, is not there any more`,
            `${provider.key.variable}=<key> ${deploy(stage)}`,
          ),
        ]
      : []),
    ...(providerKey === 'unreadable'
      ? [
          problem(
            'secrets.provider-key',
            `secrets unreadable: ${ofProvider} is not in a form of whatsapp-otp`,
            history(ofProvider),
          ),
        ]
      : []),
  ]
}
