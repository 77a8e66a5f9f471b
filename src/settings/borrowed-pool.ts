// A user pool that the stage uses and that is somebody else's: what follows from the settings for it, and what cannot be.
import { usageError } from '../errors.ts'
import type { Place } from '../names.ts'
import type { Settings } from './schema.ts'

type PoolSettings = Partial<Pick<Settings, 'userPoolId' | 'signUp' | 'trustUnverifiedNumbers'>>

/** The id of the pool that the stage has borrowed; undefined where it has one of its own. */
export function borrowedPoolOf({ userPoolId = 'none' }: PoolSettings): string | undefined {
  return userPoolId === 'none' ? undefined : userPoolId
}

/** Whether a stage takes sign-ups: its own pool always does, a borrowed one where it is asked for. */
export function takesSignUps(settings: PoolSettings): boolean {
  return borrowedPoolOf(settings) === undefined || settings.signUp === true
}

/**
 * Throws SETTINGS_CONFLICT for what only a borrowed pool can be, of what the user has said: what a stage was deployed
 * with says by itself that it has one.
 */
export function checkPoolSettings(
  settings: PoolSettings,
  origins: Partial<Record<keyof PoolSettings, string>>,
): void {
  if (borrowedPoolOf(settings) !== undefined) return
  const next = ['set USER_POOL_ID (--user-pool <id>)']
  if (settings.signUp === false && origins.signUp !== 'stage record') {
    throw usageError('SETTINGS_CONFLICT', 'SIGN_UP=false is for a pool of your own', {
      why: 'a pool that the stage makes has no other way in for new users',
      next: [...next, 'or set SIGN_UP to true'],
    })
  }
  if (settings.trustUnverifiedNumbers && origins.trustUnverifiedNumbers !== 'stage record') {
    throw usageError('SETTINGS_CONFLICT', 'TRUST_UNVERIFIED_NUMBERS is for a pool of your own', {
      why: 'in a pool that the stage makes, a code is what verifies a number',
      next: [...next, 'or set TRUST_UNVERIFIED_NUMBERS to false'],
    })
  }
}

/** Throws POOL_ELSEWHERE: a pool's id begins with its region. */
export function checkPoolRegion(settings: PoolSettings, { region }: Pick<Place, 'region'>): void {
  const id = borrowedPoolOf(settings)
  const itsRegion = id?.slice(0, id.lastIndexOf('_'))
  if (id === undefined || itsRegion === region) return
  throw usageError('POOL_ELSEWHERE', `The user pool ${id} is not in ${region}`, {
    why: `its id says ${itsRegion}, and Cognito calls functions of its own region only`,
    next: [`choose --region ${itsRegion}`, `or a pool of ${region}`],
  })
}
