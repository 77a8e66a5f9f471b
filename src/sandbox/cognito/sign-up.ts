// How users come to be: SignUp, confirmation, and creation by an administrator, with their triggers.
import { randomInt } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { type Operation, unsigned } from '../protocol/service.ts'
import { checkSecretHash } from './clients.ts'
import { notAuthorized, optionalText, pairs, stringMap, text } from './model/input.ts'
import {
  addNewcomer,
  type Identity,
  identityOf,
  namedAttribute,
  refuseKnown,
  takenAlias,
} from './model/newcomers.ts'
import { checkRequired, checkValues, mayWrite, nonConforming } from './model/schema.ts'
import { findClient, findUser, type Pool, requireUser, type Store } from './model/store.ts'
import type { User } from './model/users.ts'
import { checkPassword, hashOf } from './passwords.ts'
import { poolFor } from './pools.ts'
import { callTrigger, flag, noClient, postConfirmation } from './triggers/call.ts'
import { type Delivery, deliver, deliveryBy } from './triggers/messages.ts'
import { describedUser } from './users.ts'

/** Where the code of a sign-up goes: to the phone first, of what the pool verifies by itself. */
function deliveryOf({ settings }: Pool, user: User): Delivery | undefined {
  const verified = settings.AutoVerifiedAttributes ?? []
  const ways = (['phone_number', 'email'] as const).filter((name) => verified.includes(name))
  return ways.map((name) => deliveryBy(user, name)).find((delivery) => delivery !== undefined)
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

  async function preSignUp(
    source: 'SignUp' | 'AdminCreateUser',
    pool: Pool,
    clientId: string,
    input: Record<string, unknown>,
    identity: Identity,
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

  /** Takes the aliases that these attributes claim from whoever has them. */
  function release(pool: Pool, attributes: Readonly<Record<string, string>>, own?: User): void {
    for (let taken = takenAlias(pool, attributes, own); taken; taken = takenAlias(pool, attributes, own)) {
      pool.users.write(taken.holder, { [`${taken.attribute}_verified`]: 'false' })
    }
  }

  /** Marks what a code has proved; an alias that another has is refused unless it is to move. */
  function prove(pool: Pool, user: User, attribute: string, moves: boolean): void {
    const after = { ...user.attributes, [`${attribute}_verified`]: 'true' }
    if (moves) release(pool, after, user)
    if (takenAlias(pool, after, user)) {
      throw new AwsFault('AliasExistsException', `An account with the ${attribute} already exists.`)
    }
    pool.users.write(user, after)
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
      // Looked at again after the trigger: two sign-ups of one number may run at the same time.
      const user = addNewcomer(store, pool, {
        name,
        ...identity,
        passwordHash: hashOf(password),
        status: confirmed ? 'CONFIRMED' : 'UNCONFIRMED',
        ...(!confirmed && { confirmationCode: String(randomInt(1_000_000)).padStart(6, '0') }),
      })
      if (confirmed && world.unsettled.postConfirmation === 'runs') {
        await postConfirmation(store, 'ConfirmSignUp', { pool, user, clientId: client.id, input })
      }
      const delivery = confirmed ? undefined : deliveryOf(pool, user)
      if (delivery) await deliver(store, { kind: 'SignUp', pool, user, clientId: client.id, input, delivery })
      return {
        UserConfirmed: confirmed,
        UserSub: user.attributes.sub,
        ...(delivery && { CodeDeliveryDetails: delivery }),
      }
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
      const proved = deliveryOf(client.pool, user)?.AttributeName
      if (proved) prove(client.pool, user, proved, input.ForceAliasCreation === true)
      confirm(user)
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
      if (input.ForceAliasCreation === true) release(pool, identity.attributes)
      const user = addNewcomer(store, pool, {
        name,
        ...identity,
        ...(password !== undefined && { passwordHash: hashOf(password) }),
        status: 'FORCE_CHANGE_PASSWORD',
      })
      const media = (input.DesiredDeliveryMediums ?? ['SMS']) as string[]
      const delivery =
        (media.includes('SMS') ? deliveryBy(user, 'phone_number') : undefined) ??
        (media.includes('EMAIL') ? deliveryBy(user, 'email') : undefined)
      if (delivery && input.MessageAction !== 'SUPPRESS') {
        await deliver(store, { kind: 'AdminCreateUser', pool, user, clientId: noClient, input, delivery })
      }
      return { User: describedUser(user, 'Attributes') }
    },
  }
}
