// Custom attributes that a pool lacks: Cognito adds them, and takes none away.
import { AddCustomAttributesCommand, type UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../../aws/clients.ts'
import { describePool, madeAt, type UserPoolHave, whileNew } from './search.ts'

/** Already there counts as added. Throws what Cognito answers. */
export async function addAttributes(aws: Aws, { id, pool }: UserPoolHave, missing: string[]): Promise<void> {
  const { cognito } = aws
  const CustomAttributes = missing.map((Name) => ({
    Name,
    AttributeDataType: 'String' as const,
    Mutable: true,
  }))
  const command = () => new AddCustomAttributesCommand({ UserPoolId: id, CustomAttributes })
  try {
    await whileNew(aws, madeAt(pool), () => cognito.send(command()))
  } catch (error) {
    // Repeated after a lost answer, it is refused for having been done already.
    const now = await describePool(aws, id)
    if (!now || !missing.every((attribute) => hasAttribute(now.pool, attribute))) throw error
  }
}

function hasAttribute(pool: UserPoolType, attribute: string): boolean {
  return (pool.SchemaAttributes ?? []).some((known) => known.Name === `custom:${attribute}`)
}
