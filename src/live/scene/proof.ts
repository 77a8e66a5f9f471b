// Looks at the end, by lists and not by ids, whether anything bears the names of this run.
import { paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs'
import type { Aws } from '../../aws/clients.ts'
import { poolsNamed } from '../../resources/user-pool/search.ts'
import type { Leftover } from './made.ts'
import { logGroupThing, type Mark } from './things.ts'

/** Lists may still show for a moment what is gone. */
const patienceMs = 15_000
const pauseMs = 1_000

/** A pool whose making got no answer is found here, too. */
export async function findStrays(aws: Aws, mark: Mark, prefix: string): Promise<Leftover[]> {
  const { clock, signal } = aws
  const began = clock.now()
  for (;;) {
    const strays = await look(aws, mark, prefix)
    if (strays.length === 0 || signal?.aborted || clock.now() - began > patienceMs) return strays
    await clock.sleep(pauseMs, signal)
  }
}

async function look(aws: Aws, mark: Mark, prefix: string): Promise<Leftover[]> {
  const { region } = mark.place
  const strays: Leftover[] = []
  const why = 'found by its name, although it is not in the list of what was made'
  for (const { id, name } of await poolsNamed(aws, (name) => name.startsWith(`${prefix}-`))) {
    const command = `aws cognito-idp delete-user-pool --user-pool-id ${id} --region ${region}`
    strays.push({ what: `user pool ${name}`, id, command, why })
  }
  const query = { logGroupNamePrefix: `/aws/lambda/${prefix}-` }
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: aws.logs }, query)) {
    for (const { logGroupName = '' } of logGroups) {
      const thing = logGroupThing(mark, logGroupName)
      strays.push({ what: thing.what, id: thing.id(), command: thing.command(), why })
    }
  }
  return strays
}
