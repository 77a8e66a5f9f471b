// What a stage sends with, as it was deployed: its own key at its own address, asked of the provider.
import { toAppError } from '../aws/words.ts'
import { providerOf } from '../core/messaging/providers.ts'
import { AppError } from '../errors.ts'
import type { ProviderAccount } from '../messaging/provider.ts'
import { accountFor, whereAsked } from '../stage/providers.ts'
import { storedKey } from '../stage/sending.ts'
import { asDeployed, type OpenStage } from '../stage/stage.ts'
import { createExamination, type Finding } from './examination.ts'
import { type Latest, withReports } from './judgement/latest.ts'
import { secretsProblems, thresholds } from './judgement/problem.ts'
import { readSecretsState } from './judgement/secrets-state.ts'
import { examineProvider, type ProviderCase } from './provider.ts'

export interface SendingLook {
  /** As doctor tells them: key, sender, template in each language, expiry. */
  findings: readonly Finding[]
  /** With what the provider has kept of the messages. */
  latest: Latest | undefined
}

/** Asks the provider while the latest messages are still read; sends nothing and changes nothing. Throws CANCELLED. */
export async function lookAtSending(
  stage: OpenStage,
  reading: Promise<Latest | undefined> | Latest | undefined,
): Promise<SendingLook> {
  const { clock } = stage.aws
  const exam = createExamination(clock, () => {})
  const given = await ownCase(stage, reading)
  const api = given && (await examineProvider(exam, given))
  if (!given) {
    const { name, title } = providerOf(asDeployed(stage).resolved.settings)
    exam.skip(`${name}.key`, `${title} key`, 'the key of the stage may not be read from here')
  }
  const latest = await reading
  return {
    findings: exam.findings,
    latest: api && latest ? await withKept(api, latest, clock.now()) : latest,
  }
}

/** Undefined where these credentials may not read the stage's key. */
async function ownCase(
  stage: OpenStage,
  reading: Promise<Latest | undefined> | Latest | undefined,
): Promise<ProviderCase | undefined> {
  const { aws, target } = stage
  const own = asDeployed(stage)
  const { settings } = own.resolved
  const provider = providerOf(settings)
  let key: string | undefined
  try {
    key = await storedKey(own)
  } catch (error) {
    if (toAppError(error, 'read the key').code === 'CANCELLED') throw error
    return undefined
  }
  const judged = { stage: target.stage, provider, now: aws.clock.now() }
  const state = key === undefined ? await readSecretsState(aws, settings) : undefined
  const [gone] = state
    ? secretsProblems(judged, { masterKey: undefined, providerKey: state.providerKey ?? 'unreadable' })
    : []
  return {
    api: key === undefined ? undefined : accountFor(aws, settings, key),
    settings,
    whose: `the stage's own key, at ${whereAsked(settings)}`,
    missing: gone && { why: gone.cause, next: gone.next[0] ?? '' },
    renew: `make a key at ${provider.dashboard}, then whatsapp-otp rotate-key --stage ${target.stage}`,
    goesOut: async () => {
      const latest = await reading
      return latest !== undefined && goesOut(latest, aws.clock.now())
    },
  }
}

function goesOut({ sends }: Latest, now: number): boolean {
  const last = sends.at(-1)
  return last !== undefined && !last.failed && last.at > now - thresholds.windowMs
}

/** Reports are extra: where they cannot be read, the messages stand as they are. */
async function withKept(api: ProviderAccount, latest: Latest, now: number): Promise<Latest> {
  const open = latest.sends.filter(
    ({ at, went, arrived, messageId }) => went && messageId && !arrived && at > now - thresholds.windowMs,
  )
  const [first] = open
  if (!first) return latest
  try {
    return withReports(latest, await api.readReports({ id: undefined, from: first.at - 1_000, to: now }))
  } catch (error) {
    if (error instanceof AppError && error.code === 'CANCELLED') throw error
    if (!(error instanceof AppError)) throw error
    return latest
  }
}
