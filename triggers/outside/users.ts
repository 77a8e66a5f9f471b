// The users of a pool in Cognito: one operation on one of them.
import { attributesIn } from '../../src/core/subject.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Deadline } from './clock.ts'

export interface UserPlace {
  pool: string
  /** Cognito's own name for the user, or the number. */
  userName: string
  deadline: Deadline
}

/** Throws AwsError. */
export function callUser(
  aws: Aws,
  { pool, userName, deadline }: UserPlace,
  operation: string,
  rest: object = {},
): Promise<Record<string, unknown>> {
  return aws.json('cognito-idp', operation, { UserPoolId: pool, Username: userName, ...rest }, deadline)
}

/** Undefined where there is none. Throws AwsError. */
export async function findUser(
  aws: Aws,
  place: UserPlace,
): Promise<{ userName: string; attributes: Record<string, string> } | undefined> {
  try {
    const { Username, UserAttributes } = await callUser(aws, place, 'AdminGetUser')
    const attributes = attributesIn(UserAttributes as Parameters<typeof attributesIn>[0])
    return { userName: String(Username), attributes }
  } catch (error) {
    if (error instanceof AwsError && error.code === 'UserNotFoundException') return undefined
    throw error
  }
}
