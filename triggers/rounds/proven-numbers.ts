// The number that an account has proven, where no client can write.
import { getProvenInput, provenItem, provenNumberOf } from '../../src/core/proven-number.ts'
import { userHashOf } from '../../src/core/subject.ts'
import type { ReadItem } from '../../src/core/table-items.ts'
import type { Aws } from '../outside/aws-call.ts'
import type { Secrets } from '../outside/secrets.ts'
import { failStore } from '../outside/store.ts'
import type { UserPlace } from '../outside/users.ts'

interface Of extends UserPlace {
  secrets: Pick<Secrets, 'idKey' | 'numberKey'>
}

export interface ProvenNumbers {
  /** Undefined where there is none. Throws StoreError. */
  read(account: Of): Promise<string | undefined>
  /** In the place of the one before. Throws StoreError. */
  remember(account: Of, phone: string): Promise<void>
}

export function createProvenNumbers(aws: Aws, table: string): ProvenNumbers {
  return {
    async read({ pool, userName, secrets, deadline }) {
      const user = userHashOf(secrets.idKey, pool, userName)
      const { Item } = await aws
        .json('dynamodb', 'GetItem', getProvenInput(table, user), deadline)
        .catch(failStore)
      return provenNumberOf(Item as ReadItem, pool, user, secrets.numberKey)
    },
    async remember({ pool, userName, secrets, deadline }, phone) {
      const user = userHashOf(secrets.idKey, pool, userName)
      const input = provenItem(table, pool, user, secrets.numberKey, phone)
      await aws.json('dynamodb', 'PutItem', input, deadline).catch(failStore)
    },
  }
}
