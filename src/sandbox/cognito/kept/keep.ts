// What of Cognito outlives the sandbox: pools with their clients, users, and the sign-ins that still count.
import * as z from 'zod'
import type { Keep } from '../../account/keep.ts'
import { type Client, clientsOf, livePools, type Pool, type Store } from '../model/store.ts'
import { type User, Users } from '../model/users.ts'
import type { SignIn, Tokens } from '../tokens.ts'

const times = { seq: z.number(), createdAt: z.number(), changedAt: z.number() }
const texts = z.record(z.string(), z.string())
const members = z.record(z.string(), z.unknown())

const user = z.object({
  ...times,
  username: z.string(),
  attributes: texts,
  status: z.enum(['CONFIRMED', 'UNCONFIRMED', 'FORCE_CHANGE_PASSWORD', 'RESET_REQUIRED']),
  enabled: z.boolean(),
  passwordHash: z.string().optional(),
  failures: z.object({ count: z.number(), until: z.number() }).optional(),
})
const client = z.object({
  ...times,
  id: z.string(),
  name: z.string(),
  secret: z.string().optional(),
  settings: members,
})
const pool = z.object({
  ...times,
  id: z.string(),
  arn: z.string(),
  name: z.string(),
  settings: members,
  schema: z.array(members),
  usernameAttributes: z.array(z.string()),
  aliasAttributes: z.array(z.string()),
  caseSensitive: z.boolean().optional(),
  tags: texts,
  totp: members.optional(),
  sms: members.optional(),
  providers: z
    .array(z.object({ ...times, name: z.string(), type: z.string(), details: texts, mapping: texts }))
    .optional(),
  domains: z.object({ own: members.optional(), custom: members.optional() }),
  users: z.array(user),
  clients: z.array(client),
})
const signIn = z.object({
  clientId: z.string(),
  username: z.string(),
  originJti: z.string(),
  eventId: z.string(),
  authTime: z.number(),
  refreshUntil: z.number(),
  refresh: z.array(z.object({ hash: z.string(), until: z.number().optional() })),
  access: z.array(z.string()),
})
const shape = z.object({ pools: z.array(pool), signIns: z.array(signIn) })

type Saved = z.infer<typeof shape>

/** Codes that Cognito itself waits for are not among it, and no token: of those that refresh, their hashes. */
export function keepOf(store: Store, tokens: Tokens): Keep {
  return {
    save: (): Saved => shape.parse({ pools: savedPools(store), signIns: tokens.signIns().map(savedSignIn) }),
    restore(saved) {
      const { pools, signIns } = shape.parse(saved)
      for (const one of pools) addPool(store, one)
      for (const one of signIns) {
        const of = store.clients.get(one.clientId)
        const signedIn = of?.pool.users.get(one.username)
        if (of && signedIn)
          tokens.resume({ ...(one as Omit<SignIn, 'client' | 'user'>), client: of, user: signedIn })
      }
    },
  }
}

function savedPools(store: Store) {
  return livePools(store)
    .filter(({ goneAt }) => goneAt === undefined)
    .map((one) => ({
      ...one,
      // Left out where there are none, as in what earlier versions have saved.
      providers: one.providers.length > 0 ? one.providers : undefined,
      users: one.users.values(),
      clients: clientsOf(store, one),
    }))
}

const savedSignIn = ({ client: { id }, user: { username }, ...rest }: SignIn) => ({
  ...rest,
  clientId: id,
  username,
})

function addPool(store: Store, { users, clients, ...saved }: Saved['pools'][number]): void {
  const added = { providers: [], ...saved, users: new Users() } as unknown as Pool
  store.pools.set(added.id, added)
  for (const one of users) added.users.add(one as User)
  for (const one of clients) store.clients.set(one.id, { ...one, pool: added } as unknown as Client)
  const newest = Math.max(added.seq, ...[...users, ...clients].map(({ seq }) => seq))
  store.after(newest)
}
