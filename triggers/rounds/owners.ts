// Whose a number is: gives it to the account that has proven it, and takes it from whoever has only written it down.

import { nobodysNumber } from '../../src/core/proven-number.ts'
import { isOwnerOf, markOf, numberPkOf, userHashOf } from '../../src/core/subject.ts'
import { type Aws, AwsError } from '../outside/aws-call.ts'
import type { Log } from '../outside/log.ts'
import type { Secrets } from '../outside/secrets.ts'
import type { Store } from '../outside/store.ts'
import { callUser, findUser, type UserPlace } from '../outside/users.ts'
import type { ProvenNumbers } from './proven-numbers.ts'

/** One account, and what it takes to work on it. */
export interface Account extends UserPlace {
  secrets: Secrets
  log: Log
}

export interface Owners {
  /**
   * Writes number and marks in one call. False where the number is somebody's who has proven it; an account that has
   * not is moved out of the way. Throws AwsError and StoreError.
   */
  give(account: Account, phone: string, further?: Record<string, string>): Promise<boolean>
  /** As `give`, for a number that takes the place of another one: the account's sessions end. */
  change(account: Account, phone: string): Promise<boolean>
  /**
   * Puts an account that took a number without proof back to the one that it has proven, or, where that is gone,
   * to one that nobody can have, and disables it. Throws AwsError and StoreError.
   */
  putBack(account: Account): Promise<void>
}

const nothing = async () => {}

export interface OwnersOptions {
  aws: Aws
  store: Store
  numbers: ProvenNumbers
}

export function createOwners({ aws, store, numbers }: OwnersOptions): Owners {
  const write = (account: Account, attributes: Record<string, string>) =>
    callUser(aws, account, 'AdminUpdateUserAttributes', {
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    })

  /** Whether it was written; false where the number is another account's. */
  async function tryGive(account: Account, phone: string, further: Record<string, string>): Promise<boolean> {
    const marks = { phone_number_verified: 'true', 'custom:whatsapp_verified': 'true' }
    try {
      await write(account, { phone_number: phone, ...marks, ...further })
      return true
    } catch (error) {
      if (error instanceof AwsError && error.code === 'AliasExistsException') return false
      throw error
    }
  }

  /**
   * Moves whoever has the number out of the way; undefined where he has proven it. What is answered is to be done
   * once the number is given: his own may be the one that becomes free with it.
   */
  async function vacate(account: Account, phone: string): Promise<(() => Promise<void>) | undefined> {
    const { pool, secrets, deadline } = account
    const found = await findUser(aws, { ...account, userName: phone })
    // Whoever had it has just let it go.
    if (!found || found.userName === account.userName) return nothing
    const holder = { ...account, userName: found.userName }
    const mark = markOf(found.attributes)
    const user = userHashOf(secrets.idKey, pool, holder.userName)
    const ledger = await store.read(numberPkOf(secrets.idKey, pool, phone), deadline)
    if (isOwnerOf({ mark, user }, ledger)) return undefined
    const own = mark === 'changed' ? await numbers.read(holder) : undefined
    if (own === undefined || own === phone) {
      await banish(holder)
      return nothing
    }
    if (await tryGive(holder, own, {})) return nothing
    await park(holder)
    return async () => {
      if (!(await tryGive(holder, own, {}))) await banish(holder)
    }
  }

  const park = (account: Account) =>
    write(account, { phone_number: nobodysNumber(account.userName), phone_number_verified: 'false' })

  async function banish(account: Account): Promise<void> {
    await park(account)
    await callUser(aws, account, 'AdminDisableUser')
    account.log('account_disabled')
  }

  async function give(account: Account, phone: string, further: Record<string, string> = {}) {
    if (await tryGive(account, phone, further)) return true
    const settle = await vacate(account, phone)
    if (!settle) return false
    const isGiven = await tryGive(account, phone, further)
    await settle()
    return isGiven
  }

  return {
    give,
    async change(account, phone) {
      const settle = await vacate(account, phone)
      if (!settle) return false
      // Before the number: with a new one this session could not go on to do it.
      await callUser(aws, account, 'AdminUserGlobalSignOut')
      const isGiven = await give(account, phone)
      await settle()
      return isGiven
    },
    async putBack(account) {
      const own = await numbers.read(account)
      if (own === undefined || !(await give(account, own))) return banish(account)
      account.log('number_put_back')
    },
  }
}
