// The users of a pool as Cognito remembers them, each found by whatever he may be called.
import type { UserStatusType } from '@aws-sdk/client-cognito-identity-provider'
import { IndexOf } from '../../account/index-of.ts'

export interface User {
  seq: number
  /** A UUID equal to `sub` where people sign in by phone or e-mail, else the name they chose. */
  username: string
  /** Written by the pool's `Users` alone, which find him by them. */
  attributes: Readonly<Record<string, string>>
  status: UserStatusType
  enabled: boolean
  createdAt: number
  changedAt: number
  confirmationCode?: string
  /** None for a user whom an administrator made without one. */
  passwordHash?: string
  /** Wrong passwords in a row, and until when further ones are not looked at. */
  failures?: { count: number; until: number }
  /** Of a forgotten password. */
  reset?: { code: string; expiresAt: number; wrong: number }
}

/** What people may sign in with besides their user names. */
export const aliases = ['phone_number', 'email', 'preferred_username'] as const

/** The users of a pool, oldest first, each found by whatever he may be called. */
export class Users {
  readonly #byUsername = new Map<string, User>()
  readonly #called = new IndexOf<User>()

  get size(): number {
    return this.#byUsername.size
  }

  get(username: string): User | undefined {
    return this.#byUsername.get(username)
  }

  values(): User[] {
    return [...this.#byUsername.values()]
  }

  /** Those of whom it is a user name, a sub or what people may sign in with, in whatever case; oldest first. */
  called(name: string): User[] {
    return this.#called.get(name.toLowerCase()).sort((a, b) => a.seq - b.seq)
  }

  /** Adds somebody whose user name nobody has. */
  add(user: User): void {
    this.#byUsername.set(user.username, user)
    this.#index(user)
  }

  delete(user: User): void {
    if (this.get(user.username) !== user) return
    this.#byUsername.delete(user.username)
    this.#called.delete(user)
  }

  /** Writes attributes of a user; undefined takes one away. */
  write(user: User, changes: Readonly<Record<string, string | undefined>>): void {
    const all = Object.entries({ ...user.attributes, ...changes })
    user.attributes = Object.fromEntries(all.filter(([, value]) => value !== undefined)) as User['attributes']
    if (this.get(user.username) === user) this.#index(user)
  }

  #index(user: User): void {
    const names = [user.username, ...['sub', ...aliases].map((name) => user.attributes[name] ?? '')]
    const folded = names.filter(Boolean).map((name) => name.toLowerCase())
    this.#called.put(user, folded)
  }
}
