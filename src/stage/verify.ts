// Proves that a deployed stage works: functions are active, permissions stand, and a sign-in is answered.
import { type FunctionConfiguration, GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import { ifFound, isTierRefused } from '../aws/errors.ts'
import type { AppClient, Round } from '../aws/sign-in.ts'
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
  settleMs?: number | undefined
  /** Of the stage, which say what it consists of. */
  settings?: Partial<Settings>
  /** Looks at these ids alone, and at a sign-in. */
  only?: ReadonlySet<string> | undefined
  /** The client to sign in with, where it was not read. */
  login?: ClientSettings | undefined
  /** The check of a sign-in, where it is made already. */
  signIn?: Check | undefined
  /** Has the number sign in twice at once, and hears of both where they are answered as they should be. */
  onTwins?: ((rounds: readonly Round[]) => void) | undefined
}

/**
 * Makes every check and gives them all, in a fixed order. Sends no message: the number it signs in with
 * belongs to nobody. Throws only CANCELLED and NO_CREDENTIALS.
 */
export async function verifyStack(
  aws: Aws,
  observed: Observed,
  options: VerifyOptions = {},
): Promise<Check[]> {
  const { changed, only, settleMs, settings = {}, signIn, onTwins } = options
  const { place } = aws
  const isMeant = (name: FunctionName) => !only || only.has(`function:${name}`)
  const seen = <Want, Have>(resource: Resource<Want, Have>) =>
    changed && !changed.has(resource.id) ? haveOf(observed, resource) : undefined
  // What was made together becomes active together: one is asked for again and again, the others after it.
  let first: Promise<unknown> | undefined
  const isActive = (name: FunctionName) => {
    // What the call that has changed it says of it is as new as an answer can be.
    const known = changed && haveOf(observed, lambdaFunction(place, name))?.configuration
    const isSettled = settled(known) !== undefined
    const before = isSettled ? undefined : first
    const check = runCheck(`the function ${names.function(place.stage, name)} is active`, async () => {
      await before
      return findInactive(aws, name, known)
    })
    if (!isSettled) first ??= check
    return check
  }
  const others = ([reportFunction, smsFunction] as const).filter(
    (name) => isMeant(name) && haveOf(observed, lambdaFunction(place, name)),
  )
  const perFunction = [
    ...triggersOf(settings)
      .filter(isMeant)
      .flatMap((trigger) => {
        const name = names.function(place.stage, trigger)
        return [
          isActive(trigger),
          runCheck(`Cognito may invoke ${name}`, () =>
            findMissingPermission(aws, trigger, observed, seen(permission(place, trigger))),
          ),
        ]
      }),
    ...others.map(isActive),
  ]
  const login = haveOf(observed, userPoolClient(place, 'login'))?.client ?? options.login
  // Before one of them is active it can only fail.
  const tried = async () => {
    await first
    return checkSignIn(aws, login, { settleMs, settings, onTwins })
  }
  return Promise.all([...perFunction, signIn ?? tried()])
}

/** Whether a sign-in gets its challenge. Sends no message, and throws as `verifyStack`. */
export async function checkSignIn(
  aws: Aws,
  login: ClientSettings | undefined,
  { settleMs = spreadMs, settings = {}, onTwins }: Pick<VerifyOptions, 'settleMs' | 'settings' | 'onTwins'>,
): Promise<Check> {
  const check = 'a sign-in gets its challenge'
  const away = login && secretElsewhere(login)
  if (away) return { check, ok: false, isOpen: true, why: `not tried: ${away}` }
  return runCheck(check, () => findFailedSignIn(aws, login, { settleMs, settings, onTwins }))
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
  const what = `${FunctionName} to become active`
  const options = { clock, signal, capMs: 60_000, maxPauseMs: 300, what }
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
  {
    settleMs,
    settings,
    onTwins,
  }: Required<Pick<VerifyOptions, 'settings' | 'onTwins'>> & { settleMs: number },
): Promise<Verdict> {
  const { clock, signal, place } = aws
  if (!login?.ClientId) return 'the pool or its login client is missing'
  const client: AppClient = { clientId: login.ClientId, clientSecret: login.ClientSecret }
  const options = { clock, signal, capMs: settleMs, what: 'the sign-in' }
  const look = async () => {
    const number = inventedNumber()
    const [probed, twin] = await Promise.all([
      probe(aws, client, number),
      onTwins && probe(aws, client, number),
    ])
    // Read only now: somebody may have pulled it a moment ago.
    const pulled = probed.isOut && (await brake(place).read(aws, {}))?.document
    return { ...probed, twin, pulled: pulled && mayBePaused(pulled, clock.now()) ? pulled : undefined }
  }
  const isOver = ({ why, mayPass, pulled }: Awaited<ReturnType<typeof look>>) => !why || !mayPass || !!pulled
  try {
    const { why, pulled, round, twin } = await lookUntil(isOver, options, look)
    if (!why && round && twin?.round) onTwins?.([round, twin.round])
    if (!pulled) return why
    const paused = pulled.paused ? 'is paused' : 'was resumed less than a minute ago'
    return { open: `not known: the stage ${paused}, and says «unavailable» to everybody` }
  } catch (error) {
    if (!isTierRefused(error)) throw error
    const { why, next } = tierRefused(place, { isBorrowed: borrowedPoolOf(settings) !== undefined }, error)
    return `${why}; ${next[0]}`
  }
}
