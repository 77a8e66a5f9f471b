// Whose number it is, as Cognito has it: in a pool of the stage's own one account at most, in a borrowed one maybe several.
import {
  AdminGetUserCommand,
  type AttributeType,
  paginateListUsers,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Connection } from '../aws/account.ts'
import { ifFound } from '../aws/errors.ts'
import { attributesIn } from '../core/subject.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'

export interface Holder {
  /** Cognito's own name for the user. */
  username: string
  status: string
  enabled: boolean
  createdAt: string | undefined
  attributes: Record<string, string>
}

export const isBorrowed = ({ settings }: Pick<StageRecord, 'settings'>): boolean =>
  borrowedPoolOf(settings) !== undefined

/** Every account with this number; with `name` only the one of that name. */
export async function holdersOf(
  aws: Connection,
  record: StageRecord,
  phone: string,
  name?: string,
): Promise<Holder[]> {
  if (!isBorrowed(record)) return get(aws, record, name ?? phone, phone)
  if (name !== undefined) return get(aws, record, name, phone)
  // Nobody need be called by his number there.
  const found: UserType[] = []
  const wish = { UserPoolId: record.userPoolId, Filter: `phone_number = "${phone}"` }
  for await (const { Users = [] } of paginateListUsers({ client: aws.cognito }, wish)) found.push(...Users)
  return found.map((user) => holderOf(user, user.Attributes))
}

async function get(
  { cognito }: Connection,
  { userPoolId: UserPoolId }: StageRecord,
  Username: string,
  phone: string,
): Promise<Holder[]> {
  const known = await ifFound(cognito.send(new AdminGetUserCommand({ UserPoolId, Username })))
  if (!known) return []
  const holder = holderOf(known, known.UserAttributes)
  return Username === phone || holder.attributes.phone_number === phone ? [holder] : []
}

function holderOf(
  { Username = '', UserStatus = 'UNKNOWN', Enabled, UserCreateDate }: Omit<UserType, 'Attributes'>,
  attributes: AttributeType[] | undefined,
): Holder {
  return {
    username: Username,
    status: UserStatus,
    enabled: Enabled !== false,
    createdAt: UserCreateDate?.toISOString(),
    attributes: attributesIn(attributes),
  }
}
