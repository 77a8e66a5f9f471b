// How users come to be: SignUp, confirmation, and creation by an administrator, with their triggers.
import { randomInt, randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { type Operation, unsigned } from '../protocol/service.ts'
import { checkSecretHash } from './clients.ts'
import { invalid, notAuthorized, optionalText, pairs, stringMap, text } from './input.ts'
import { checkPassword, hashOf } from './passwords.ts'
import { poolFor } from './pools.ts'
import { checkRequired, checkValues, e164, mayWrite, nonConforming } from './schema.ts'
import { findClient, findUser, type Pool, requireUser, type Store, type User } from './store.ts'
import { callTrigger, flag, postConfirmation } from './triggers.ts'
import { describedUser } from './users.ts'

const noClient = 'CLIENT_ID_NOT_APPLICABLE'

/** The attribute that the name stands for, where people sign in by phone or e-mail. */
function namedAttribute(pool: Pool, name: string): 'phone_number' | 'email' | undefined {
  const { usernameAttributes: by } = pool
  if (!by.length) return undefined
  if (by.includes('phone_number') && e164.test(name)) return 'phone_number'
  if (by.includes('email') && /^[^@\s]+@[^@\s]+$/.test(name)) return 'email'
  if (by.includes('phone_number') && /^[+\d\s().-]+$/.test(name))
    throw invalid('Invalid phone number format.')
  if (by.length > 1) throw invalid('Username should be either an email or a phone number.')
  throw invalid(`Username should be ${by[0] === 'email' ? 'an email' : 'a phone number'}.`)
}

/** Username and attributes of somebody new; a phone or e-mail name is kept as attribute, the username is a UUID. */
function identityOf(pool: Pool, name: string, given: Record<string, string>) {
  const attribute = namedAttribute(pool, name)
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

function refuseKnown(pool: Pool, name: string): void {
  if (!findUser(pool, name)) return
  const attribute = namedAttribute(pool, name)
  throw new AwsFault(
    'UsernameExistsException',
    attribute ? `An account with the given ${attribute} already exists.` : 'User already exists',
  )
}

/** The operations that create and confirm users. */
export function signUpOperations(store: Store): Record<string, Operation> {
  const { world } = store

  /** The attributes that count as written by a sign-up, for which its client needs the right. */
  function writtenBy(pool: Pool, name: string, given: Record<string, string>): string[] {
    const { signUpNumber, namedNumber } = world.unsettled
    const own = namedAttribute(pool, name)
    const others = Object.keys(given).filter((attribute) => attribute !== own)
    const isNamed = own !== undefined && own in given
    const counts = signUpNumber === 'must-be-writable' || (isNamed && namedNumber === 'refused')
    return own && counts ? [...others, own] : others
  }

  function add(
    pool: Pool,
    name: string,
    user: Omit<User, 'seq' | 'createdAt' | 'changedAt' | 'enabled'>,
  ): User {
    // Looked at again after the trigger: two sign-ups of one number may run at the same time.
    refuseKnown(pool, name)
    const now = world.now()
    const added = { ...user, seq: store.next(), enabled: true, createdAt: now, changedAt: now }
    pool.users.add(added)
    return added
  }

  async function preSignUp(
    source: 'SignUp' | 'AdminCreateUser',
    pool: Pool,
    clientId: string,
    input: Record<string, unknown>,
    identity: ReturnType<typeof identityOf>,
  ): Promise<Record<string, unknown> | undefined> {
    // The trigger sees what was asked for; the sub and the flags do not exist yet.
    const { sub: _sub, phone_number_verified: _p, email_verified: _e, ...asked } = identity.attributes
    const given = pairs(input, 'UserAttributes')
    if (world.unsettled.preSignUpNumber === 'absent' && !('phone_number' in given)) delete asked.phone_number
    const validation = pairs(input, 'ValidationData')
    const metadata = stringMap(input, 'ClientMetadata')
    return callTrigger(store, {
      key: 'PreSignUp',
      source: `PreSignUp_${source}`,
      pool,
      clientId,
      userName: identity.username,
      request: {
        userAttributes: asked,
        validationData: Object.keys(validation).length ? validation : null,
        ...(metadata && { clientMetadata: metadata }),
      },
      response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
    })
  }

  function confirm(user: User): void {
    user.status = 'CONFIRMED'
    user.changedAt = world.now()
    delete user.confirmationCode
  }

  return {
    SignUp: unsigned(async (input) => {
      const client = findClient(store, text(input, 'ClientId'))
      const { pool } = client
      const name = text(input, 'Username')
      checkSecretHash(client, [name], optionalText(input, 'SecretHash'))
      if (pool.settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly) {
        throw notAuthorized('SignUp is not permitted for this user pool')
      }
      const password = text(input, 'Password')
      const given = pairs(input, 'UserAttributes')
      const identity = identityOf(pool, name, given)
      if (!writtenBy(pool, name, given).every((attribute) => mayWrite(store, client, attribute))) {
        throw notAuthorized('A client attempted to write unauthorized attribute')
      }
      checkValues(pool, given, nonConforming)
      checkRequired(pool, identity.attributes)
      checkPassword(pool.settings.Policies?.PasswordPolicy, password)
      if (world.unsettled.takenSignUp === 'refused') refuseKnown(pool, name)

      const decided = (await preSignUp('SignUp', pool, client.id, input, identity)) ?? {}
      const confirmed = flag(decided, 'autoConfirmUser')
      for (const [member, attribute] of [
        ['autoVerifyPhone', 'phone_number'],
        ['autoVerifyEmail', 'email'],
      ] as const) {
        if (!flag(decided, member)) continue
        if (!identity.attributes[attribute]) {
          throw new AwsFault('InvalidLambdaResponseException', `${member} needs the attribute ${attribute}.`)
        }
        identity.attributes[`${attribute}_verified`] = 'true'
      }
      const user = add(pool, name, {
        ...identity,
        passwordHash: hashOf(password),
        status: confirmed ? 'CONFIRMED' : 'UNCONFIRMED',
        ...(!confirmed && { confirmationCode: String(randomInt(1_000_000)).padStart(6, '0') }),
      })
      if (confirmed && world.unsettled.postConfirmation === 'runs') {
        await postConfirmation(store, 'ConfirmSignUp', { pool, user, clientId: client.id, input })
      }
      return { UserConfirmed: confirmed, UserSub: user.attributes.sub }
    }),

    ConfirmSignUp: unsigned(async (input) => {
      const client = findClient(store, text(input, 'ClientId'))
      const name = text(input, 'Username')
      const code = text(input, 'ConfirmationCode')
      checkSecretHash(client, [name], optionalText(input, 'SecretHash'))
      const user = findUser(client.pool, name)
      if (!user) {
        // With existence errors prevented, a stranger looks like somebody whose code has run out.
        if (client.settings.PreventUserExistenceErrors === 'ENABLED') {
          throw new AwsFault('ExpiredCodeException', 'Invalid code provided, please request a code again.')
        }
        throw new AwsFault('UserNotFoundException', 'Username/client id combination not found.')
      }
      if (user.status !== 'UNCONFIRMED') {
        throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`)
      }
      if (user.confirmationCode !== code) {
        throw new AwsFault('CodeMismatchException', 'Invalid verification code provided, please try again.')
      }
      confirm(user)
      const [proved] = client.pool.settings.AutoVerifiedAttributes ?? []
      if (proved) client.pool.users.write(user, { [`${proved}_verified`]: 'true' })
      await postConfirmation(store, 'ConfirmSignUp', { pool: client.pool, user, clientId: client.id, input })
      return {}
    }),

    async AdminConfirmSignUp(input, call) {
      const pool = poolFor(store, input, call)
      const user = requireUser(pool, text(input, 'Username'))
      if (user.status !== 'UNCONFIRMED') {
        throw notAuthorized(`User cannot be confirmed. Current status is ${user.status}`)
      }
      confirm(user)
      await postConfirmation(store, 'ConfirmSignUp', { pool, user, clientId: noClient, input })
      return {}
    },

    async AdminCreateUser(input, call) {
      const pool = poolFor(store, input, call)
      const name = text(input, 'Username')
      const given = pairs(input, 'UserAttributes')
      const password = optionalText(input, 'TemporaryPassword')
      if (input.MessageAction === 'RESEND') {
        throw new AwsFault('UnsupportedUserStateException', 'The sandbox sends no invitations.')
      }
      const identity = identityOf(pool, name, given)
      checkValues(pool, given, nonConforming)
      if (password !== undefined) checkPassword(pool.settings.Policies?.PasswordPolicy, password)
      refuseKnown(pool, name)
      // Its answer's flags are for self sign-up; here only a refusal counts.
      await preSignUp('AdminCreateUser', pool, noClient, input, identity)
      const user = add(pool, name, {
        ...identity,
        ...(password !== undefined && { passwordHash: hashOf(password) }),
        status: 'FORCE_CHANGE_PASSWORD',
      })
      return { User: describedUser(user, 'Attributes') }
    },
  }
}
