// One stage, opened: the account it lives in, its record, and the settings resolved against that record.
import { type Connection, connect } from '../aws/account.ts'
import type { CallObserver } from '../aws/clients.ts'
import { toAppError } from '../aws/errors.ts'
import type { Clock } from '../aws/wait.ts'
import { AppError } from '../errors.ts'
import { readRecord, type StageRecord } from '../resources/stage-record.ts'
import { type Resolved, resolveSettings, type Sources, type Target } from '../settings/load.ts'

export interface OpenStage {
  aws: Connection
  sources: Sources
  target: Target
  /** Undefined before the first deploy. */
  record: StageRecord | undefined
  resolved: Resolved
  /** API calls made so far, by `service.operation`; retries are counted. */
  calls: Map<string, number>
}

export interface OpenOptions {
  sources: Sources
  target: Target
  clock: Clock
  signal?: AbortSignal
  mfaCode?: (serial: string) => Promise<string>
}

/**
 * Finds out who calls and reads the stage record. Changes nothing.
 * Throws NO_CREDENTIALS, ACCOUNT_MISMATCH, a settings error, or what reading the record ran into.
 */
export async function openStage(options: OpenOptions): Promise<OpenStage> {
  const { sources, target, clock, signal, mfaCode } = options
  const calls = new Map<string, number>()
  const observe: CallObserver = ({ service, operation, attempts }) => {
    const name = `${service}.${operation}`
    calls.set(name, (calls.get(name) ?? 0) + attempts)
  }
  const aws = await connect({
    env: sources.env,
    region: target.region,
    profile: target.profile,
    account: target.account,
    stage: target.stage,
    clock,
    signal,
    observe,
    ...(mfaCode ? { mfaCode } : {}),
  })
  try {
    const record = await readRecord(aws)
    const resolved = resolveSettings(sources, target.stage, record?.settings)
    return { aws, sources, target, record, resolved, calls }
  } catch (error) {
    throw toAppError(error, `read stage ${target.stage}`)
  }
}

/** The record of a stage that must exist: for commands that only make sense after a deploy. */
export function requireRecord({ record, target, aws }: OpenStage): StageRecord {
  if (record) return record
  throw new AppError('STAGE_NOT_FOUND', `There is no stage «${target.stage}»`, {
    why: `account ${aws.place.account} has none of that name in ${aws.place.region}`,
    next: [
      `whatsapp-otp init --stage ${target.stage}`,
      'another region or account? see --region and --profile',
    ],
  })
}

/** How many API calls were made. */
export function callCount({ calls }: OpenStage): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0)
}
