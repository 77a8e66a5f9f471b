// What the functions may do to the users of the stage's pool.
import type { FunctionName } from '../names.ts'
import { borrowedPoolOf, takesSignUps } from '../settings/borrowed-pool.ts'
import type { Settings } from '../settings/schema.ts'

/** What each does to the users of the stage's pool, whose id is in the policy then. */
const userActions: Partial<Record<FunctionName, string[]>> = {
  // Whether a number is somebody's who has proven it.
  preSignUp: ['cognito-idp:AdminGetUser'],
  verifyAuthChallenge: [
    // A number, its marks, and whatever else an account had before its first proof.
    'cognito-idp:AdminUpdateUserAttributes',
    'cognito-idp:AdminDeleteUserAttributes',
    'cognito-idp:AdminSetUserPassword',
    'cognito-idp:AdminUserGlobalSignOut',
    // Whoever has taken a number that he has not proven.
    'cognito-idp:AdminGetUser',
    'cognito-idp:AdminDisableUser',
  ],
}

/** In whatever pool. */
export const actsOnUsers = (trigger: FunctionName): boolean => trigger in userActions

/** In a pool of others: nobody's number and nobody's account is changed, but what a first proof ends. */
export function userActionsIn(trigger: FunctionName, settings: Partial<Settings>): string[] | undefined {
  const actions = userActions[trigger]
  if (!actions || borrowedPoolOf(settings) === undefined || trigger !== 'verifyAuthChallenge') return actions
  if (takesSignUps(settings)) {
    const those = /:Admin(UpdateUserAttributes|SetUserPassword|UserGlobalSignOut)$/
    return actions.filter((action) => those.test(action))
  }
  const those = /:Admin(SetUserPassword|UserGlobalSignOut)$/
  return settings.trustUnverifiedNumbers ? actions.filter((action) => those.test(action)) : undefined
}
