// The users of all pools, as the workshop page lists and deletes them: by Cognito's own operations.
import type { Operation } from '../protocol/service.ts'

export interface ListedUser {
  pool: string
  username: string
  status: string
  enabled: boolean
  /** Epoch milliseconds by the sandbox's clock. */
  createdAt: number
  attributes: Record<string, string>
}

interface Described {
  Username: string
  UserStatus: string
  Enabled: boolean
  /** Epoch seconds. */
  UserCreateDate: number
  Attributes: { Name: string; Value: string }[]
}

/** No page is longer: who has more of them asks with an SDK. */
const most = 500

/** Acts as the account's owner. */
export function createUsers(operations: Record<string, Operation>) {
  const caller = { accessKeyId: '', arn: 'the page', userId: 'the page' }
  const perform = async (
    operation: string,
    input: Record<string, unknown>,
  ): Promise<Record<string, unknown>> => {
    const call = { service: 'cognito-idp', operation, caller, headers: {}, authorize: () => {} }
    return { ...(await operations[operation]?.(input, call)) }
  }

  /** All pages of a list, up to `most` entries. */
  async function all<T>(operation: string, member: string, token: string, input: Record<string, unknown>) {
    const found: T[] = []
    let next: unknown
    do {
      const page = await perform(operation, { ...input, ...(next ? { [token]: next } : {}) })
      found.push(...(page[member] as T[]))
      next = page[token]
    } while (next && found.length < most)
    return found.slice(0, most)
  }

  return {
    /** The newest first. */
    async list(): Promise<ListedUser[]> {
      const pools = await all<{ Id: string }>('ListUserPools', 'UserPools', 'NextToken', { MaxResults: 60 })
      const lists = pools.map(async ({ Id: pool }) => {
        const users = await all<Described>('ListUsers', 'Users', 'PaginationToken', { UserPoolId: pool })
        return users.map((user) => ({
          pool,
          username: user.Username,
          status: user.UserStatus,
          enabled: user.Enabled,
          createdAt: user.UserCreateDate * 1000,
          attributes: Object.fromEntries(user.Attributes.map(({ Name, Value }) => [Name, Value])),
        }))
      })
      return (await Promise.all(lists)).flat().sort((a, b) => b.createdAt - a.createdAt)
    },
    /** Throws Cognito's fault where there is no such user. */
    async remove(pool: string, username: string): Promise<void> {
      await perform('AdminDeleteUser', { UserPoolId: pool, Username: username })
    },
  }
}
