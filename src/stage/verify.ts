// Proves that a deployed stage works: functions are active, permissions stand, and a sign-in is answered.
import { type FunctionConfiguration, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isTierRefused } from '../aws/errors.ts'
import type { AppClient } from '../aws/sign-in.ts'
import { lookUntil, waitFor } from '../aws/wait.ts'
import { toAppError } from '../aws/words.ts'
import { mayBePaused } from '../core/parameters/brake.ts'
import type { Observed } from '../engine/have.ts'
import type { Resource } from '../engine/resource.ts'
import { haveOf } from '../engine/stage-view.ts'
import { exitCodes } from '../errors.ts'
import { arns, type FunctionName, names, reportFunction, smsFunction, type Trigger } from '../names.ts'
import { brake } from '../resources/brake.ts'
import { lambdaFunction } from '../resources/function.ts'
import { inactivityOf } from '../resources/function-settings.ts'
import { type PermissionHave, permission } from '../resources/permission.ts'
import { type ClientSettings, secretElsewhere } from '../resources/user-pool/client-settings.ts'
import { tierRefused } from '../resources/user-pool/refusals.ts'
import { userPoolClient } from '../resources/user-pool-client.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import { triggersOf } from '../settings/parts.ts'
import type { Settings } from '../settings/schema.ts'
import { inventedNumber, probe } from './probe.ts'

export interface Check {
  /** What holds, as in «the function … is active». */
  check: string
  ok: boolean
  /** It cannot be made from here: it neither holds nor fails. */
  isOpen?: true
  /** Why not. */
  why?: string
}

export const isBroken = ({ ok, isOpen }: Check): boolean => !ok && !isOpen

/** A new permission or policy needs a few seconds before Cognito and Lambda know it. */
const spreadMs = 30_000

export interface VerifyOptions {
  /** Ids of what was changed since it was read: AWS is asked again how it is now. Everything when left out. */
  changed?: ReadonlySet<string>
  /** The patience with what was deployed just now. */
  settleMs?: number
  /** Of the stage, which say what it consists of. */
  settings?: Partial<Settings>
}

/**
 * Makes every check and gives them all, in a fixed order. Sends no message: the number it signs in with
 * belongs to nobody. Throws only CANCELLED and NO_CREDENTIALS.
 */
export async function verifyStack(
  aws: Aws,
  observed: Observed,
  { changed, settleMs = spreadMs, settings = {} }: VerifyOptions = {},
): Promise<Check[]> {
  const { place } = aws
  const seen = <Want, Have>(resource: Resource<Want, Have>) =>
    changed && !changed.has(resource.id) ? haveOf(observed, resource) : undefined
  const isActive = (name: FunctionName) =>
    runCheck(`the function ${names.function(place.stage, name)} is active`, () =>
      findInactive(aws, name, seen(lambdaFunction(place, name))?.configuration),
    )
  const others = ([reportFunction, smsFunction] as const).filter((name) =>
    haveOf(observed, lambdaFunction(place, name)),
  )
  const perFunction = await Promise.all([
    ...triggersOf(settings).flatMap((trigger) => {
      const name = names.function(place.stage, trigger)
      return [
        isActive(trigger),
        runCheck(`Cognito may invoke ${name}`, () =>
          findMissingPermission(aws, trigger, observed, seen(permission(place, trigger))),
        ),
      ]
    }),
    ...others.map(isActive),
  ])
  // Last, since it can only succeed when the others have.
  const check = 'a sign-in gets its challenge'
  const login = haveOf(observed, userPoolClient(place, 'login'))?.client
  const away = login && secretElsewhere(login)
  const signIn: Check = away
    ? { check, ok: false, isOpen: true, why: `not tried: ${away}` }
    : await runCheck(check, () => findFailedSignIn(aws, login, { settleMs, settings }))
  return [...perFunction, signIn]
}

/** Why a check does not hold, or cannot be made; undefined when it holds. */
type Verdict = string | { open: string } | undefined

async function runCheck(check: string, run: () => Promise<Verdict>): Promise<Check> {
  try {
    const why = await run()
    if (typeof why === 'object') return { check, ok: false, isOpen: true, why: why.open }
    return why ? { check, ok: false, why } : { check, ok: true }
  } catch (error) {
    const known = toAppError(error, 'find out')
    // Neither says anything about the stage.
    if (known.code === 'CANCELLED' || known.exitCode === exitCodes.credentials) throw known
    return { check, ok: false, why: known.why ?? known.message }
  }
}

async function findInactive(
  { lambda, clock, signal, place }: Aws,
  trigger: FunctionName,
  seen: FunctionConfiguration | undefined,
): Promise<string | undefined> {
  const FunctionName = names.function(place.stage, trigger)
  const options = { clock, signal, capMs: 60_000, what: `${FunctionName} to become active` }
  return waitFor(options, async () => {
    const now =
      settled(seen) ?? (await ifFound(lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))))
    if (now?.State === 'Pending' || now?.LastUpdateStatus === 'InProgress') return undefined
    return { why: now ? inactivityOf(now) : 'it is missing' }
  }).then(({ why }) => why)
}

/** One that was still on its way when it was read says nothing yet. */
function settled(seen: FunctionConfiguration | undefined): FunctionConfiguration | undefined {
  return seen?.State === 'Pending' || seen?.LastUpdateStatus === 'InProgress' ? undefined : seen
}

async function findMissingPermission(
  aws: Aws,
  trigger: Trigger,
  { refs }: Observed,
  seen: PermissionHave | undefined,
): Promise<string | undefined> {
  const have = seen ?? (await permission(aws.place, trigger).read(aws, refs))
  if (!have) return 'its policy lacks the statement'
  const isForPool = refs.userPoolId && have.poolArn === arns.pool(aws.place, refs.userPoolId)
  if (isForPool && have.account === aws.place.account && have.effect === 'Allow') return undefined
  return 'the statement names another pool or account'
}

async function findFailedSignIn(
  aws: Aws,
  login: ClientSettings | undefined,
  { settleMs, settings }: Required<Pick<VerifyOptions, 'settleMs' | 'settings'>>,
): Promise<Verdict> {
  const { clock, signal, place } = aws
  if (!login?.ClientId) return 'the pool or its login client is missing'
  const client: AppClient = { clientId: login.ClientId, clientSecret: login.ClientSecret }
  const options = { clock, signal, capMs: settleMs, what: 'the sign-in' }
  const look = async () => {
    const probed = await probe(aws, client, inventedNumber())
    // Read only now: somebody may have pulled it a moment ago.
    const pulled = probed.isOut && (await brake(place).read(aws, {}))?.document
    return { ...probed, pulled: pulled && mayBePaused(pulled, clock.now()) ? pulled : undefined }
  }
  const isOver = ({ why, mayPass, pulled }: Awaited<ReturnType<typeof look>>) => !why || !mayPass || !!pulled
  try {
    const { why, pulled } = await lookUntil(isOver, options, look)
    if (!pulled) return why
    const paused = pulled.paused ? 'is paused' : 'was resumed less than a minute ago'
    return { open: `not known: the stage ${paused}, and says «unavailable» to everybody` }
  } catch (error) {
    if (!isTierRefused(error)) throw error
    const { why, next } = tierRefused(place, { isBorrowed: borrowedPoolOf(settings) !== undefined }, error)
    return `${why}; ${next[0]}`
  }
}
