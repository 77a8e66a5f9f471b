// Which account and region the credentials lead to: asked once, before anything else.
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { type Clock, systemClock } from '../clock.ts'
import { usageError } from '../errors.ts'
import { type Place, partitionOf } from '../names.ts'
import type { Aws, ConnectOptions } from './clients.ts'
import { createClients } from './clients.ts'
import { toAppError } from './errors.ts'
import { Gate } from './gate.ts'

export interface Connection extends Aws {
  /** The caller's ARN without its account: `user/ana`, `assumed-role/Deployer/ci`. */
  who: string
  /** Shut until a stage is held: see src/stage/lock.ts. */
  gate: Gate
}

export interface ConnectTo extends Omit<ConnectOptions, 'gate'> {
  stage: string
  /** Refuses every other account when set. */
  account?: string | undefined
  /** Refuses every other region when set. */
  pinnedRegion?: string | undefined
  clock?: Clock
  signal?: AbortSignal | undefined
}

/**
 * Builds the clients and finds out who calls. `sts:GetCallerIdentity` needs no permission.
 * Throws NO_CREDENTIALS (exit 4), REGION_MISSING, AWS_UNREACHABLE, ACCOUNT_MISMATCH or REGION_MISMATCH.
 */
export async function connect(options: ConnectTo): Promise<Connection> {
  const gate = new Gate()
  const clients = createClients({ ...options, gate })
  try {
    const region = await clients.sts.config.region()
    if (options.pinnedRegion && options.pinnedRegion !== region)
      throw wrongRegion(options.pinnedRegion, region)
    const identity = await clients.sts.send(new GetCallerIdentityCommand({}))
    const place: Place = {
      stage: options.stage,
      account: identity.Account ?? '',
      region,
      partition: identity.Arn?.split(':')[1] ?? partitionOf(region),
    }
    if (options.account && options.account !== place.account)
      throw wrongAccount(options.account, place.account)
    const who = identity.Arn?.split(':').slice(5).join(':') ?? 'unknown'
    return { ...clients, gate, place, who, clock: options.clock ?? systemClock, signal: options.signal }
  } catch (error) {
    throw toAppError(error, 'find out which AWS account this is')
  }
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
