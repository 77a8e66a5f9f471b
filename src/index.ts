// The programmatic API: what `import … from 'whatsapp-otp'` gives. Nothing is printed, nothing is asked, and code
// is loaded when it is called for.
import type { DeployOptions, DestroyOptions, PlanOptions, StageOptions } from './api/options.ts'
import type { Deployment, Played, StageOutputs, StagePlan, StageStatus } from './api/results.ts'
import type { Sandbox, SandboxOptions } from './api/sandbox.ts'

export type { StageAlarms } from './api/alarm-results.ts'
export type { LastDay } from './api/last-day.ts'
export type {
  Credentials,
  DeployOptions,
  DestroyOptions,
  PlanOptions,
  StageOptions,
  StageSettings,
  StopSignal,
} from './api/options.ts'
export type {
  Deployment,
  FieldChange,
  Guessing,
  GuessSpans,
  Odds,
  PlannedStep,
  Played,
  PlayedStep,
  Spending,
  Spent,
  StageEvent,
  StageOutputs,
  StagePlan,
  StageStatus,
  TestNumber,
} from './api/results.ts'
export type { InboxMessage, Sandbox, SandboxOptions } from './api/sandbox.ts'
export { AppError } from './errors.ts'
export type { Trigger } from './names.ts'

/**
 * What a deploy would change; changes nothing. Needs credentials that may read the stage.
 *
 * Every function here throws AppErrors only. Codes that all of them know: STAGE_NAME_INVALID, SETTING_INVALID,
 * SETTING_UNKNOWN, SETTINGS_CONFLICT, NO_CREDENTIALS, PROFILE_UNKNOWN, REGION_MISSING,
 * REGION_UNKNOWN, REGION_DISABLED, ENDPOINT_INVALID, CA_BUNDLE_UNREADABLE, ACCOUNT_MISMATCH, STAGE_ELSEWHERE,
 * ACCESS_DENIED, AWS_UNREACHABLE, AWS_ERROR and CANCELLED; here also SETTINGS_MISSING, and SECRETS_MISSING for a stage
 * that has lost its key.
 */
export async function plan(options: PlanOptions): Promise<StagePlan> {
  return (await import('./api/operations.ts')).planStage(options)
}

/**
 * Creates the stage or brings it up to date: only what differs is changed, and a call that was stopped is
 * finished by the next. Needs credentials with what `whatsapp-otp policy` prints, and SendZen, which is asked
 * for key, sender and template when one of them is new. Sends no message.
 *
 * Throws what `plan` throws; with nothing changed FOREIGN_RESOURCE, REPLACE_REFUSED, DECLINED, SENDZEN_KEY_REFUSED,
 * SENDER_UNKNOWN, SENDER_UNUSABLE, TEMPLATE_UNKNOWN and TEMPLATE_UNUSABLE; STAGE_BUSY while another run holds
 * the stage, and VERIFY_FAILED for one that is deployed but gives no challenge.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  return (await import('./api/operations.ts')).deployStage(options)
}

/**
 * Removes everything of the stage, its users included unless `keepUsers`, without a question unless `confirm`,
 * and reads again to prove that nothing is left. What belongs to somebody else stays.
 *
 * Throws STAGE_NOT_FOUND where there is nothing; DELETION_PROTECTED, POOL_HAS_DOMAIN and TABLE_PROTECTED where AWS
 * would not delete all of it; DECLINED, STAGE_BUSY, and LEFTOVERS.
 */
export async function destroy(options: DestroyOptions): Promise<Played> {
  return (await import('./api/operations.ts')).destroyStage(options)
}

/** Reads everything that can be said of a stage; changes nothing, sends nothing. Throws STAGE_NOT_FOUND. */
export async function status(options: StageOptions): Promise<StageStatus> {
  return (await import('./api/operations.ts')).statusOf(options)
}

/** The ids that an app needs, from the stage's record: two calls to AWS. Throws STAGE_NOT_FOUND. */
export async function outputs(options: StageOptions): Promise<StageOutputs> {
  return (await import('./api/operations.ts')).outputsOfStage(options)
}

/**
 * Starts a local AWS account and a local WhatsApp in this process; empty, and gone when closed. Needs neither an
 * account nor a key. Throws PORT_TAKEN.
 */
export async function startSandbox({ lifelike = false, ...options }: SandboxOptions = {}): Promise<Sandbox> {
  const { startOnPort } = await import('./api/start-sandbox.ts')
  const started = await startOnPort(options, { lifelike })
  const { endpoint, region, account, env, inbox, clock, inventory, close } = started
  const { list, clear } = inbox
  return { endpoint, region, account, env, inbox: { list, clear }, clock, inventory, close }
}
