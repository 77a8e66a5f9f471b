// Somebody new in a pool: what he is called there, and who is there already.
import { randomUUID } from 'node:crypto'
import { AwsFault } from '../../account/aws-fault.ts'
import { invalid } from './input.ts'
import { e164 } from './schema.ts'
import { findUser, type Pool, type Store } from './store.ts'
import type { User } from './users.ts'

const isEmail = (name: string) => /^[^@\s]+@[^@\s]+$/.test(name)

/** The attribute that the name stands for, where people sign in by phone or e-mail. */
export function namedAttribute(pool: Pool, name: string): 'phone_number' | 'email' | undefined {
  const { usernameAttributes: by } = pool
  if (!by.length) return undefined
  if (by.includes('phone_number') && e164.test(name)) return 'phone_number'
  if (by.includes('email') && isEmail(name)) return 'email'
  if (by.includes('phone_number') && /^[+\d\s().-]+$/.test(name))
    throw invalid('Invalid phone number format.')
  if (by.length > 1) throw invalid('Username should be either an email or a phone number.')
  throw invalid(`Username should be ${by[0] === 'email' ? 'an email' : 'a phone number'}.`)
}

/** A user name that could be somebody's alias is none. */
function refuseAliasForm({ aliasAttributes }: Pool, name: string): void {
  const forms = [
    ['email', 'email', isEmail(name)],
    ['phone_number', 'phone number', e164.test(name)],
  ] as const
  for (const [alias, words, isSuch] of forms) {
    if (!isSuch || !aliasAttributes.includes(alias)) continue
    throw invalid(`Username cannot be of ${words} format, since user pool is configured for ${words} alias.`)
  }
}

/** Username and attributes of somebody new; a phone or e-mail name is kept as attribute, the username is a UUID. */
export function identityOf(pool: Pool, name: string, given: Record<string, string>) {
  const attribute = namedAttribute(pool, name)
  refuseAliasForm(pool, name)
  const sub = randomUUID()
  if (attribute && given[attribute] !== undefined && given[attribute] !== name) {
    throw invalid(`The value of ${attribute} differs from the username.`)
  }
  const attributes = { sub, ...given, ...(attribute && { [attribute]: name }) }
  for (const verifiable of ['phone_number', 'email']) {
    const flagName = `${verifiable}_verified`
    if (attributes[verifiable as 'sub'] !== undefined && !(flagName in attributes)) {
      Object.assign(attributes, { [flagName]: 'false' })
    }
  }
  return { username: attribute ? sub : name, attributes: attributes as Record<string, string> }
}

export type Identity = ReturnType<typeof identityOf>

/** Refuses a name that somebody has. */
export function refuseKnown(pool: Pool, name: string): void {
  if (!findUser(pool, name)) return
  const attribute = namedAttribute(pool, name)
  throw new AwsFault(
    'UsernameExistsException',
    attribute ? `An account with the given ${attribute} already exists.` : 'User already exists',
  )
}

/** An alias of another user that these attributes would make theirs as well. */
export function takenAlias(
  { aliasAttributes, users }: Pool,
  attributes: Readonly<Record<string, string>>,
  own?: User,
): { attribute: 'phone_number' | 'email'; holder: User } | undefined {
  for (const attribute of ['phone_number', 'email'] as const) {
    const value = attributes[attribute]
    const flag = `${attribute}_verified`
    if (!value || attributes[flag] !== 'true' || !aliasAttributes.includes(attribute)) continue
    const others = users.called(value).filter((one) => one !== own && one.attributes[attribute] === value)
    const holder = others.find((one) => one.attributes[flag] === 'true')
    if (holder) return { attribute, holder }
  }
  return undefined
}

/** Adds somebody whose name, and whose verified aliases, nobody has. */
export function addNewcomer(
  { world, next }: Store,
  pool: Pool,
  { name, ...user }: Omit<User, 'seq' | 'createdAt' | 'changedAt' | 'enabled'> & { name: string },
): User {
  refuseKnown(pool, name)
  const taken = takenAlias(pool, user.attributes)
  if (taken) {
    const message = `An account with the given ${taken.attribute} already exists.`
    throw new AwsFault('UsernameExistsException', message)
  }
  const now = world.now()
  const added = { ...user, seq: next(), enabled: true, createdAt: now, changedAt: now }
  pool.users.add(added)
  return added
}
