// One stage, opened: the account it lives in, its record, and the settings resolved against that record.
import { type Access, type Connection, connect } from '../aws/account.ts'
import type { CallObserver } from '../aws/clients.ts'
import { toAppError } from '../aws/words.ts'
import type { Clock } from '../clock.ts'
import { AppError, usageError } from '../errors.ts'
import type { Place } from '../names.ts'
import { type RecordHave, readRecordHave, type StageRecord } from '../resources/stage-record.ts'
import { type Resolved, resolveSettings } from '../settings/resolve.ts'
import { isSecret, settingKeys } from '../settings/schema.ts'
import { connectionTo, type Sources, type Target } from '../settings/sources.ts'

export interface OpenStage {
  aws: Connection
  sources: Sources
  target: Target
  /** Undefined before the first deploy. */
  record: StageRecord | undefined
  /** What stands in the record's place, somebody else's included. */
  recordHave: RecordHave | undefined
  resolved: Resolved
  /** API calls made so far, by `service.operation`; retries are counted. */
  calls: Map<string, number>
}

interface OpenOptions extends Access {
  sources: Sources
  target: Target
  clock: Clock
  signal?: AbortSignal
}

/**
 * Finds out who calls and reads the stage record, both at once. Changes nothing.
 * Throws NO_CREDENTIALS, ACCOUNT_MISMATCH, REGION_MISMATCH, STAGE_ELSEWHERE, a settings error, or what reading
 * the record ran into.
 */
export async function openStage(options: OpenOptions): Promise<OpenStage> {
  const { sources, target, clock, signal, ...access } = options
  const calls = new Map<string, number>()
  const observe: CallObserver = ({ service, operation, attempts }) => {
    const name = `${service}.${operation}`
    calls.set(name, (calls.get(name) ?? 0) + attempts)
  }
  const { stage } = target
  let reading: Promise<RecordHave | undefined> | undefined
  const aws = await connect(
    {
      ...access,
      ...connectionTo(sources, target),
      pinnedRegion: target.pinnedRegion,
      clock,
      signal,
      observe,
    },
    ({ ssm }) => {
      reading = readHave({ ssm, place: { stage } })
      // Where nobody can tell whose account it is, that is what is said.
      reading.catch(() => {})
    },
  )
  const found = ownRecord(aws.place, await reading)
  const resolved = resolveSettings(sources, target.stage, found.record?.settings)
  return { aws, sources, target, ...found, resolved, calls }
}

/**
 * The settings that count for a stage, as far as there are any yet. Whoever may not read its record has them
 * without it, and `unread` says why.
 */
export async function settingsInForce(
  aws: Connection,
  sources: Sources,
  { stage }: Target,
): Promise<{ settings: Resolved['settings']; unread?: string | undefined }> {
  try {
    const { record } = await readOwnRecord(aws)
    return resolveSettings(sources, stage, record?.settings)
  } catch (error) {
    if (!(error instanceof AppError) || !/^(ACCESS_DENIED|RECORD_)/.test(error.code)) throw error
    return { ...resolveSettings(sources, stage), unread: error.why }
  }
}

/**
 * The stage as it was deployed: what flags, variables or files would change about it is left out, the key that they
 * give among it.
 */
export function asDeployed(stage: OpenStage): OpenStage {
  const bare = { flags: {}, env: {}, processEnv: {}, file: {}, trusted: new Set<string>() }
  return { ...stage, resolved: resolveSettings(bare, stage.target.stage, stage.record?.settings) }
}

/** The settings anew, after the user has agreed to an address. */
export function resolveAgain(stage: OpenStage): OpenStage {
  const { sources, target, record } = stage
  return { ...stage, resolved: resolveSettings(sources, target.stage, record?.settings) }
}

/** Reads the record again, and takes from it what the user did not say otherwise. */
export async function reopenStage(stage: OpenStage): Promise<OpenStage> {
  const found = await readOwnRecord(stage.aws)
  const resolved = resolveSettings(stage.sources, stage.target.stage, found.record?.settings)
  for (const key of settingKeys) {
    const origin = stage.resolved.origins[key]
    if (isSecret(key) || !origin || origin === 'stage record' || origin === 'default') continue
    Object.assign(resolved.settings, { [key]: stage.resolved.settings[key] })
    resolved.origins[key] = origin
  }
  resolved.secrets = stage.resolved.secrets
  resolved.missing = resolved.missing.filter((key) => stage.resolved.missing.includes(key))
  return { ...stage, ...found, resolved }
}

/** True when another run has written the record since the stage was opened. */
export async function hasNewRecord({ aws, recordHave }: OpenStage): Promise<boolean> {
  return JSON.stringify(await readHave(aws)) !== JSON.stringify(recordHave)
}

function readHave(aws: Parameters<typeof readRecordHave>[0]): Promise<RecordHave | undefined> {
  return readRecordHave(aws).catch((error) => {
    throw toAppError(error, `read stage ${aws.place.stage}`)
  })
}

async function readOwnRecord(aws: Connection): Promise<Pick<OpenStage, 'record' | 'recordHave'>> {
  return ownRecord(aws.place, await readHave(aws))
}

function ownRecord(
  place: Place,
  recordHave: RecordHave | undefined,
): Pick<OpenStage, 'record' | 'recordHave'> {
  const record = recordHave?.isOurs ? recordHave.record : undefined
  if (record) refuseElsewhere(record, place)
  return { record, recordHave }
}

/** A record that was copied by hand would lead to another account's pool. */
function refuseElsewhere(record: StageRecord, { stage, account, region }: Place): void {
  // What an older version did not write pins nothing.
  const isHere = [account, ''].includes(record.account) && [region, ''].includes(record.region)
  if (isHere) return
  throw usageError('STAGE_ELSEWHERE', `Stage «${stage}» belongs to another place`, {
    why: `its record says account ${record.account} and region ${record.region}; this is account ${account}, region ${region}`,
    next: ['choose another account or region with --profile and --region', 'or choose another stage name'],
  })
}

/** How many API calls were made. */
export function callCount({ calls }: OpenStage): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0)
}
