// The first proof of a number: what the account had before it has no power afterwards.
import { randomBytes } from 'node:crypto'
import type { Aws } from '../outside/aws-call.ts'
import { isSelfMade } from '../outside/sign-ups.ts'
import { callUser, type UserPlace } from '../outside/users.ts'
import type { Account, Owners } from './owners.ts'

/** What an account may hold before its first proof, and after it. */
const kept =
  /^(sub|phone_number|phone_number_verified|email_verified|locale|cognito:.*|custom:whatsapp_verified|custom:auth_purpose)$/

export interface ProofOptions {
  aws: Aws
  owners: Owners
  table: string
  /** Further attributes that an app may set at sign-up. */
  signUpAttributes: ReadonlySet<string>
}

/**
 * Takes away what somebody else may have given the account before its number was proven, and marks it then. False
 * where another account has proven the number. Throws AwsError and StoreError, and may be repeated.
 */
export function createProof({ aws, owners, table, signUpAttributes }: ProofOptions) {
  return async function prove(
    account: Account,
    phone: string,
    attributes: Record<string, string>,
    marks: Record<string, string>,
  ): Promise<boolean> {
    await Promise.all([endAccess(aws, account), clear()])
    return owners.give(account, phone, marks)

    async function clear() {
      const extra = Object.keys(attributes).filter((name) => !kept.test(name) && !signUpAttributes.has(name))
      if (extra.length === 0) return
      // What an administrator or an import has written stays.
      if (!(await isSelfMade(aws, table, account.userName, account.deadline))) return
      await callUser(aws, account, 'AdminDeleteUserAttributes', { UserAttributeNames: extra })
    }
  }
}

/** Ends whatever somebody else may get in with: the password, through whichever client, and sessions. Throws AwsError. */
export async function endAccess(aws: Aws, account: UserPlace): Promise<void> {
  await Promise.all([
    // Nobody knows it.
    callUser(aws, account, 'AdminSetUserPassword', { Password: randomPassword(), Permanent: true }),
    callUser(aws, account, 'AdminUserGlobalSignOut'),
  ])
}

/** Of every kind of character that a policy may ask for. */
const randomPassword = () => `${randomBytes(36).toString('base64url')}aA1!`
