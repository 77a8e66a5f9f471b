// The passwords of users: what a policy allows, signing in with one, and the ways to a new one.
import { createHash, randomInt } from 'node:crypto'
import type { PasswordPolicyType } from '@aws-sdk/client-cognito-identity-provider'
import { AwsFault } from '../account/aws-fault.ts'
import { type Call, type Operation, unsigned } from '../protocol/service.ts'
import { checkSecretHash } from './clients.ts'
import { invalid, notAuthorized, optionalText, stringMap, text } from './model/input.ts'
import {
  type Client,
  findClient,
  findUser,
  type Pool,
  refuseUnconfirmed,
  requireUser,
  type Store,
} from './model/store.ts'
import type { User } from './model/users.ts'
import { poolFor } from './pools.ts'
import type { Tokens } from './tokens.ts'
import { attributesForTriggers, callTrigger, noClient, postConfirmation } from './triggers/call.ts'
import { type Delivery, deliver, deliveryBy } from './triggers/messages.ts'
import { migrate } from './triggers/migration.ts'

type Input = Record<string, unknown>

const minute = 60_000
const wrong = () => notAuthorized('Incorrect username or password.')

/** Enough for what is gone when the sandbox closes. */
export const hashOf = (password: string) => createHash('sha256').update(password).digest('base64')

/** Refuses a password that the pool's policy does not allow. */
export function checkPassword(policy: PasswordPolicyType | undefined, password: string): void {
  const { MinimumLength = 8, ...must } = policy ?? {}
  const refuse = (why: string) => {
    const message = `Password did not conform with policy: ${why}`
    return new AwsFault('InvalidPasswordException', message)
  }
  if (password.length < MinimumLength) throw refuse('Password not long enough')
  if (password.length > 256) throw refuse('Password must not be longer than 256 characters')
  if (must.RequireUppercase && !/[A-Z]/.test(password))
    throw refuse('Password must have uppercase characters')
  if (must.RequireLowercase && !/[a-z]/.test(password))
    throw refuse('Password must have lowercase characters')
  if (must.RequireNumbers && !/\d/.test(password)) throw refuse('Password must have numeric characters')
  if (must.RequireSymbols && !/[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/.test(password)) {
    throw refuse('Password must have symbol characters')
  }
}

/** The password is looked at less and less often: after five wrong ones for a second, then for twice as long. */
function checkKnown({ world }: Store, user: User, password: string): void {
  const { count, until } = user.failures ?? { count: 0, until: 0 }
  if (world.now() < until) throw notAuthorized('Password attempts exceeded')
  if (user.passwordHash === hashOf(password)) {
    delete user.failures
    return
  }
  const wait = count < 4 ? 0 : Math.min(2 ** (count - 4) * 1000, 15 * minute)
  user.failures = { count: count + 1, until: world.now() + wait }
  throw wrong()
}

/** A sign-in by USER_PASSWORD_AUTH or its like for administrators, which the client allows. */
export async function passwordSignIn(
  store: Store,
  tokens: Tokens,
  { client, name, password, input }: { client: Client; name: string; password: string; input: Input },
) {
  const user = findUser(client.pool, name) ?? (await migratedWith(store, { client, name, password, input }))
  if (!user) {
    if (client.settings.PreventUserExistenceErrors === 'ENABLED') throw wrong()
    throw new AwsFault('UserNotFoundException', 'User does not exist.')
  }
  if (!user.enabled) throw notAuthorized('User is disabled.')
  const metadata = stringMap(input, 'ClientMetadata')
  const tell = (key: 'PreAuthentication' | 'PostAuthentication', request: object) =>
    callTrigger(store, {
      key,
      source: `${key}_Authentication`,
      pool: client.pool,
      clientId: client.id,
      userName: user.username,
      request: { userAttributes: attributesForTriggers(user), ...request },
      response: {},
    })
  await tell('PreAuthentication', { validationData: metadata ?? null })
  refuseUnconfirmed(user)
  checkKnown(store, user, password)
  if (user.status === 'RESET_REQUIRED') {
    throw new AwsFault('PasswordResetRequiredException', 'Password reset required for the user')
  }
  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    throw new AwsFault(
      'UnsupportedOperationException',
      'NEW_PASSWORD_REQUIRED, which follows a temporary password, is not part of the sandbox: set a permanent one with AdminSetUserPassword.',
    )
  }
  await tell('PostAuthentication', { newDeviceUsed: false })
  return { AuthenticationResult: await tokens.issue(client, user), ChallengeParameters: {} }
}

/** Somebody whom the pool takes over now, with the password that he has come with. */
async function migratedWith(
  store: Store,
  asked: { client: Client; name: string; password: string; input: Input },
): Promise<User | undefined> {
  const user = await migrate(store, 'Authentication', asked)
  if (user) user.passwordHash = hashOf(asked.password)
  return user
}

/** Refuses everybody alike, administrators included, where nothing is sent; the words are the sandbox's. */
function requireRecovery({ settings }: Pool): void {
  const ways = settings.AccountRecoverySetting?.RecoveryMechanisms ?? []
  if (ways.some(({ Name }) => Name === 'admin_only')) {
    throw notAuthorized('Contact administrator to reset password.')
  }
}

/** Where the code of a forgotten password goes, of the ways that the pool allows and can send by. */
function deliveryOf({ settings }: Pool, user: User): Delivery | undefined {
  const asked = settings.AccountRecoverySetting?.RecoveryMechanisms ?? []
  const names = [...asked].sort((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0)).map(({ Name }) => Name)
  for (const name of names.length ? names : ['verified_phone_number', 'verified_email']) {
    const attribute = name === 'verified_email' ? 'email' : 'phone_number'
    const isVerified = user.attributes[`${attribute}_verified`] === 'true'
    const canSend =
      attribute === 'email' || settings.SmsConfiguration || settings.LambdaConfig?.CustomSMSSender
    const delivery = isVerified && canSend ? deliveryBy(user, attribute) : undefined
    if (delivery) return delivery
  }
  return undefined
}

/** The ways to a new password. Codes are kept, and nothing delivers them. */
export function passwordOperations(store: Store, tokens: Tokens): Record<string, Operation> {
  const { world } = store

  function named(input: Input, call: Call) {
    const pool = poolFor(store, input, call)
    return { pool, user: requireUser(pool, text(input, 'Username')) }
  }

  function byClient(input: Input) {
    const client = findClient(store, text(input, 'ClientId'))
    const name = text(input, 'Username')
    checkSecretHash(client, [name], optionalText(input, 'SecretHash'))
    return { client, pool: client.pool, name, user: findUser(client.pool, name) }
  }

  async function sendCode(
    user: User,
    { pool, clientId, input }: { pool: Pool; clientId: string; input: Input },
  ): Promise<Delivery> {
    if (!user.enabled) throw notAuthorized('User is disabled.')
    if (user.status === 'FORCE_CHANGE_PASSWORD') {
      throw notAuthorized('User password cannot be reset in the current state.')
    }
    const delivery = deliveryOf(pool, user)
    if (!delivery) {
      throw invalid(
        'Cannot reset password for the user as there is no registered/verified email or phone_number',
      )
    }
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    user.reset = { code, expiresAt: world.now() + 60 * minute, wrong: 0 }
    await deliver(store, { kind: 'ForgotPassword', pool, user, clientId, input, delivery })
    return delivery
  }

  function change(pool: Pool, user: User, password: string): void {
    checkPassword(pool.settings.Policies?.PasswordPolicy, password)
    user.passwordHash = hashOf(password)
    user.changedAt = world.now()
    delete user.failures
  }

  const expired = () =>
    new AwsFault('ExpiredCodeException', 'Invalid code provided, please request a code again.')

  return {
    ForgotPassword: unsigned(async (input) => {
      const { client, pool, name, ...known } = byClient(input)
      requireRecovery(pool)
      const user =
        known.user ?? (await migrate(store, 'ForgotPassword', { client, name, password: null, input }))
      if (user) return { CodeDeliveryDetails: await sendCode(user, { pool, clientId: client.id, input }) }
      if (client.settings.PreventUserExistenceErrors !== 'ENABLED') {
        throw new AwsFault('UserNotFoundException', 'Username/client id combination not found.')
      }
      const Destination = 'a***@e***'
      return { CodeDeliveryDetails: { AttributeName: 'email', DeliveryMedium: 'EMAIL', Destination } }
    }),

    ConfirmForgotPassword: unsigned(async (input) => {
      const { client, pool, user } = byClient(input)
      const code = text(input, 'ConfirmationCode')
      const password = text(input, 'Password')
      if (!user && client.settings.PreventUserExistenceErrors !== 'ENABLED') {
        throw new AwsFault('UserNotFoundException', 'Username/client id combination not found.')
      }
      if (!user?.reset || user.reset.expiresAt <= world.now()) throw expired()
      if (user.reset.wrong >= 5) {
        throw new AwsFault('LimitExceededException', 'Attempt limit exceeded, please try after some time.')
      }
      if (user.reset.code !== code) {
        user.reset.wrong++
        throw new AwsFault('CodeMismatchException', 'Invalid verification code provided, please try again.')
      }
      change(pool, user, password)
      delete user.reset
      user.status = 'CONFIRMED'
      await postConfirmation(store, 'ConfirmForgotPassword', { pool, user, clientId: client.id, input })
      return {}
    }),

    ChangePassword: unsigned(async (input) => {
      const { pool, user } = await tokens.verifyAccess(text(input, 'AccessToken'))
      const proposed = text(input, 'ProposedPassword')
      checkKnown(store, user, text(input, 'PreviousPassword'))
      change(pool, user, proposed)
      return {}
    }),

    AdminSetUserPassword(input, call) {
      const { pool, user } = named(input, call)
      change(pool, user, text(input, 'Password'))
      user.status = input.Permanent === true ? 'CONFIRMED' : 'FORCE_CHANGE_PASSWORD'
      delete user.confirmationCode
      return {}
    },

    async AdminResetUserPassword(input, call) {
      const { pool, user } = named(input, call)
      requireRecovery(pool)
      await sendCode(user, { pool, clientId: noClient, input })
      user.status = 'RESET_REQUIRED'
      return {}
    },
  }
}
