// The pool of the system that this one replaces, as its template makes it: no tag of ours, no word about capital
// letters, clients without lists of attributes.
import {
  type CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  type CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider'
import { names } from '../../src/names.ts'

const template = {
  PoolName: names.pool('dev'),
  UsernameAttributes: ['phone_number'],
  Schema: [
    { Name: 'phone_number', AttributeDataType: 'String', Required: true, Mutable: true },
    { Name: 'whatsapp_verified', AttributeDataType: 'String', Mutable: true },
    { Name: 'auth_purpose', AttributeDataType: 'String', Mutable: true },
  ],
} satisfies CreateUserPoolCommandInput

/** `create` makes a pool of this input, and gives its id. */
export async function makeFormerStack(
  cognito: CognitoIdentityProviderClient,
  create: (input: CreateUserPoolCommandInput) => Promise<string>,
): Promise<{ poolId: string; clientIds: Record<'signup' | 'login', string> }> {
  const poolId = await create(template)
  const client = async (kind: 'signup' | 'login') => {
    const { UserPoolClient } = await cognito.send(
      new CreateUserPoolClientCommand({
        UserPoolId: poolId,
        ClientName: names.client('dev', kind),
        ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      }),
    )
    return UserPoolClient?.ClientId ?? ''
  }
  return { poolId, clientIds: { signup: await client('signup'), login: await client('login') } }
}
