// A terminal of an account with a pool of somebody else's, whose users are called by their addresses, and a stage on it.
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider'
import { type Clients, createClients } from '../../src/aws/clients.ts'
import { attributesIn } from '../../src/core/subject.ts'
import { Terminal } from './terminal.ts'

export interface Borrowed {
  terminal: Terminal
  aws: Clients
  poolId: string
  /** Gives Cognito's own name for the user. */
  makeUser(email: string, phone: string, isVerified?: boolean): Promise<string>
  /** As Cognito tells him now, times apart. */
  look(username: string): Promise<unknown>
}

export async function startOnBorrowedPool(
  flags = '',
  pool: Partial<CreateUserPoolCommandInput> = { UsernameAttributes: ['email'] },
): Promise<Borrowed> {
  const terminal = await Terminal.start()
  const aws = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  const { UserPool } = await aws.cognito.send(new CreateUserPoolCommand({ PoolName: 'customers', ...pool }))
  const UserPoolId = UserPool?.Id ?? ''
  terminal.sandbox.clock.advance(600_000)
  const { code, stderr } = await terminal.run(`deploy --no-verify --user-pool ${UserPoolId} ${flags}`)
  if (code !== 0) throw new Error(stderr)
  return {
    terminal,
    aws,
    poolId: UserPoolId,
    async makeUser(email, phone, isVerified = true) {
      const UserAttributes = [
        { Name: 'email', Value: email },
        { Name: 'phone_number', Value: phone },
        { Name: 'phone_number_verified', Value: String(isVerified) },
      ]
      const { User } = await aws.cognito.send(
        new AdminCreateUserCommand({
          ...{ UserPoolId, Username: email, UserAttributes },
          MessageAction: 'SUPPRESS',
        }),
      )
      return User?.Username ?? ''
    },
    async look(Username) {
      const found = await aws.cognito.send(new AdminGetUserCommand({ UserPoolId, Username }))
      const { Enabled, UserStatus, UserAttributes } = found
      return { Enabled, UserStatus, attributes: attributesIn(UserAttributes) }
    },
  }
}
