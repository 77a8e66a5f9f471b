// What is sent with: by the stage as it was deployed, and by what a deploy from here would put in its place.
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../clock.ts'
import { providerOf } from '../../core/messaging/providers.ts'
import { AppError } from '../../errors.ts'
import { type Resolved, resolveSettings } from '../../settings/resolve.ts'
import { schema } from '../../settings/schema.ts'
import type { Sources, Target } from '../../settings/sources.ts'
import { connectAccount } from '../../stage/providers.ts'
import { givenKey, storedKey } from '../../stage/sending.ts'
import { asDeployed, type OpenStage } from '../../stage/stage.ts'
import { type Examination, failureOf, type Outcome } from '../examination.ts'
import { examineProvider, type ProviderCase } from '../provider.ts'
import type { StageStatus } from '../status.ts'

interface Here {
  sources: Sources
  target: Target
  clock: Clock
  signal: AbortSignal
}

/** Without a stage the key and the settings that are given here are all there is. */
export async function examineSending(
  exam: Examination,
  here: Here,
  stage: OpenStage | undefined,
  status: StageStatus | undefined,
): Promise<void> {
  const resolved = stage?.resolved ?? resolveSettings(here.sources, here.target.stage)
  if (!stage?.record) {
    await examineProvider(exam, caseOf(here, stage, resolved, undefined))
    return
  }
  for (const finding of status?.sending ?? []) await exam.check(finding.id, finding.title, () => finding)
  const stored = await storedKey(stage).catch(() => undefined)
  if (!isOther(stage, stored)) return
  await examineProvider(ofNextDeploy(exam), caseOf(here, stage, resolved, stored))
}

const sendingKeys = ['whatsappFrom', 'whatsappTemplateName', 'whatsappLanguages', 'otpExpiryMinutes'] as const

/** A deploy from here would change the key, the address, the sender or the template. */
function isOther(stage: OpenStage, stored: string | undefined): boolean {
  const { resolved } = stage
  const own = asDeployed(stage).resolved
  const { address } = providerOf(resolved.settings)
  const differs = [address.setting, ...sendingKeys].some(
    (key) => !isDeepStrictEqual(resolved.settings[key], own.settings[key]),
  )
  const given = givenKey(resolved)
  if (differs || resolved.doubts.length > 0) return true
  return given !== undefined && given !== stored
}

function caseOf(
  { clock, signal }: Here,
  stage: OpenStage | undefined,
  { settings, secrets, origins, doubts }: Resolved,
  stored: string | undefined,
): ProviderCase {
  const given = givenKey({ settings, secrets })
  const key = given ?? stored
  const { setting } = providerOf(settings).key
  return {
    settings,
    whose: given ? `${schema[setting].env} (${origins[setting]})` : "the stage's own key",
    api: key ? connectAccount(settings, { key, clock, signal, bounds: stage?.aws.bounds }) : undefined,
    doubt: doubts[0],
  }
}

/** The stage works as it is: what is wrong with another key or template is something to look at. */
function ofNextDeploy(exam: Examination): Examination {
  const title = (text: string) => `the next deploy from here: ${text}`
  return {
    findings: exam.findings,
    check: (id, text, look) =>
      exam.check(`next.${id}`, title(text), async () => {
        const outcome = await found(look)
        return outcome.verdict === 'fail' ? { ...outcome, verdict: 'warn' } : outcome
      }),
    skip: (id, text, detail) => exam.skip(`next.${id}`, title(text), detail),
  }
}

async function found(look: () => Promise<Outcome> | Outcome): Promise<Outcome> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error
    return failureOf(error)
  }
}
