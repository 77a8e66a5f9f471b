// Which account and region the credentials lead to: asked once, before anything else.
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type Clock, systemClock } from '../clock.ts'
import { AppError, usageError } from '../errors.ts'
import type { Place } from '../names.ts'
import { failedCall } from './calls.ts'
import type { Aws, Clients, ConnectOptions } from './clients.ts'
import { createClients } from './clients.ts'
import { partitionOf } from './endpoints.ts'
import { isUnknownHere } from './errors.ts'
import { Gate } from './gate.ts'
import { filesOf } from './profile.ts'
import { toAppError } from './words.ts'

export interface Connection extends Aws {
  /** The caller's ARN without its account: `user/ana`, `assumed-role/Deployer/ci`. */
  who: string
  /** Shut until a stage is held: see src/stage/lock/lock.ts. */
  gate: Gate
}

/** Who asks and how: what is the same wherever a connection leads. `files` are read where they are absent. */
export type Access = Pick<
  ConnectOptions,
  'credentials' | 'sealed' | 'mfaCode' | 'onWait' | 'limits' | 'files'
>

export interface ConnectTo extends Omit<ConnectOptions, 'gate'> {
  stage: string
  /** Refuses every other account when set. */
  account?: string | undefined
  /** Refuses every other region when set. */
  pinnedRegion?: string | undefined
  clock?: Clock
}

/**
 * Builds the clients and finds out who calls. `sts:GetCallerIdentity` needs no permission. `beside` begins what is read
 * whoever that is; it counts for nothing where this throws.
 * Throws NO_CREDENTIALS or PROFILE_UNKNOWN (exit 4), REGION_MISSING, REGION_UNKNOWN, REGION_DISABLED,
 * AWS_UNREACHABLE, ACCOUNT_MISMATCH, REGION_MISMATCH, or a usage error for a setting of no use.
 */
export async function connect(
  options: ConnectTo,
  beside: (clients: Clients) => void = () => {},
): Promise<Connection> {
  const gate = new Gate()
  const files = options.files ?? (await filesOf(options))
  const clients = createClients({ ...options, files, gate })
  let region = options.region ?? files?.values.region ?? ''
  try {
    region = await clients.sts.config.region()
    if (options.pinnedRegion && options.pinnedRegion !== region)
      throw wrongRegion(options.pinnedRegion, region)
    beside(clients)
    const identity = await clients.sts.send(new GetCallerIdentityCommand({}))
    const place: Place = {
      stage: options.stage,
      account: identity.Account ?? '',
      region,
      partition: identity.Arn?.split(':')[1] ?? partitionOf(region).name,
    }
    if (options.account && options.account !== place.account)
      throw wrongAccount(options.account, place.account)
    const who = identity.Arn?.split(':').slice(5).join(':') ?? 'unknown'
    return { ...clients, gate, place, who, clock: options.clock ?? systemClock, signal: options.signal }
  } catch (error) {
    const doubt = await doubtRegion(error, region, clients, { ...options, files })
    throw doubt ?? toAppError(error, 'find out which AWS account this is')
  }
}

/**
 * Tells a region that does not exist, or that the account has not enabled, from wrong credentials and no network, by
 * asking in a region that every account has.
 */
async function doubtRegion(thrown: unknown, region: string, clients: Clients, options: ConnectOptions) {
  // That a role cannot be assumed there has become words already.
  const error = thrown instanceof AppError ? thrown.cause : thrown
  const { code, message } = (error ?? {}) as { code?: string; message?: string }
  if (/^Region not accepted/.test(message ?? ''))
    return unknownRegion(region, 'no address can have that in it', error)
  const isUnfound = code === 'ENOTFOUND' || code === 'EPROXY'
  if (!isUnfound && !isUnknownHere(error)) return undefined
  const { everybodys } = partitionOf(region)
  if (region === everybodys) return undefined
  // A role is assumed in the region, too: there anew, unless that takes a code which has been used up.
  const { mfaCode, ...others } = options
  const isOfRole = /^AssumeRole/.test(failedCall(error)?.operation ?? '')
  const { sts } = createClients({
    ...others,
    region: everybodys,
    ...(isOfRole ? {} : { credentials: clients.sts.config.credentials }),
    env: { ...options.env, AWS_MAX_ATTEMPTS: '1' },
  })
  const isKnown = await sts.send(new GetCallerIdentityCommand({})).then(
    () => true,
    () => false,
  )
  if (!isKnown) return undefined
  if (!isUnfound) return disabledRegion(region, everybodys, error)
  return unknownRegion(region, `AWS answers in ${everybodys}, but has no address there`, error)
}

function unknownRegion(region: string, why: string, cause: unknown) {
  return usageError('REGION_UNKNOWN', `There is no AWS region «${region}»`, {
    why,
    next: ['whatsapp-otp <command> --region eu-central-1'],
    cause,
  })
}

function disabledRegion(region: string, everybodys: string, cause: unknown) {
  return usageError('REGION_DISABLED', `Region ${region} does not know these credentials`, {
    why: `they are good in ${everybodys}: the account has not enabled ${region}, or they are temporary ones for the default regions only`,
    next: ['enable the region in the AWS console, below Account', 'choose another one with --region'],
    cause,
  })
}

function wrongRegion(pinned: string, actual: string) {
  return usageError('REGION_MISMATCH', `This stage belongs to region ${pinned}, not ${actual}`, {
    why: 'the region is pinned for this stage in whatsapp-otp.json, and a flag or variable says otherwise',
    next: [`whatsapp-otp <command> --region ${pinned}`],
  })
}

function wrongAccount(pinned: string, actual: string) {
  return usageError('ACCOUNT_MISMATCH', `This stage belongs to account ${pinned}, not ${actual}`, {
    why: 'the account is pinned in whatsapp-otp.json',
    next: ['choose the right credentials with --profile or AWS_PROFILE'],
  })
}
