// The users of a pool in memory, as the functions read and change them in Cognito.
import { AwsError } from '../../../triggers/outside/aws-call.ts'

interface Named {
  Username: string
}

export interface User {
  attributes: Record<string, string>
  password?: string
  isDisabled: boolean
  /** How often all sessions were ended. */
  signOuts: number
}

export function createTestUsers() {
  const users = new Map<string, User>()
  const holderOf = (phone: string | undefined) =>
    [...users].find(([, { attributes }]) => phone !== undefined && attributes.phone_number === phone)

  /** By its name, or by its number, as Cognito takes either. */
  function find(name: string): [string, User] {
    const user = users.get(name)
    const found: [string, User] | undefined = user ? [name, user] : holderOf(name)
    if (!found) throw new AwsError('UserNotFoundException', 400, false)
    return found
  }

  const operations = {
    AdminGetUser({ Username }: Named) {
      const [name, { attributes, isDisabled }] = find(Username)
      const listed = Object.entries({ sub: name, ...attributes })
      return {
        Username: name,
        Enabled: !isDisabled,
        UserStatus: 'CONFIRMED',
        UserAttributes: listed.map(([Name, Value]) => ({ Name, Value })),
      }
    },
    AdminUpdateUserAttributes(input: Named & { UserAttributes: { Name: string; Value: string }[] }) {
      const [name, { attributes }] = find(input.Username)
      const given = Object.fromEntries(input.UserAttributes.map(({ Name, Value }) => [Name, Value]))
      const { phone_number: phone } = given
      const isTaken = phone !== attributes.phone_number && holderOf(phone) !== undefined
      if (isTaken && holderOf(phone)?.[0] !== name) throw new AwsError('AliasExistsException', 400, false)
      Object.assign(attributes, given)
      return {}
    },
    AdminDeleteUserAttributes(input: Named & { UserAttributeNames: string[] }) {
      const [, { attributes }] = find(input.Username)
      for (const name of input.UserAttributeNames) delete attributes[name]
      return {}
    },
    AdminSetUserPassword(input: Named & { Password: string; Permanent: boolean }) {
      if (!input.Permanent) throw new Error('a password for the first sign-in only')
      find(input.Username)[1].password = input.Password
      return {}
    },
    AdminUserGlobalSignOut({ Username }: Named) {
      find(Username)[1].signOuts++
      return {}
    },
    AdminDisableUser({ Username }: Named) {
      find(Username)[1].isDisabled = true
      return {}
    },
  }
  return { users, operations }
}
