// The rows of the table of settings that are about a pool which exists already.
import { flag, noneOr } from './checks.ts'
import { row } from './rows.ts'

export const poolRows = {
  userPoolId: row({
    env: 'USER_POOL_ID',
    flag: '--user-pool <id>',
    default: 'none',
    help: 'user pool of your own to add WhatsApp sign-in to; its users and settings stay as they are. none makes a new pool; fixed for a stage',
    check: noneOr(/^[\w-]+_[0-9a-zA-Z]+$/, 'must be the id of a user pool, as eu-central-1_aBcD1234'),
  }),
  signUp: row<boolean>({
    env: 'SIGN_UP',
    flag: '--sign-up <true|false>',
    help: 'with --user-pool: let new users sign up with their number as well; a pool of the stage’s own always does',
    check: flag,
  }),
  trustUnverifiedNumbers: row({
    env: 'TRUST_UNVERIFIED_NUMBERS',
    flag: '--trust-unverified-numbers <true|false>',
    default: false,
    help: 'with --user-pool: send codes also to a number that Cognito does not call verified, until the account has proven one; the first proof ends its password and sessions',
    check: flag,
  }),
}
