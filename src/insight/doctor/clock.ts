// The clock of the computer that the tool runs on, against that of AWS.
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { Aws } from '../../aws/clients.ts'
import { toAppError } from '../../aws/words.ts'
import { type Examination, fail, pass, warn } from '../examination.ts'

/** AWS refuses signatures whose time is further off. */
const toleratedMs = 5 * 60_000
const noticedMs = 60_000

/** Compares with the Date header of an answer, which says whole seconds. */
export async function examineClock(exam: Examination, aws: Aws): Promise<void> {
  await exam.check('clock', 'clock', async () => {
    const theirs = await readAwsTime(aws)
    if (theirs === undefined) return { verdict: 'skip', detail: 'the answer of AWS carries no time' }
    const off = aws.clock.now() - theirs
    const words = `${span(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} AWS`
    const remedy = 'set the clock of this computer, best by NTP'
    if (Math.abs(off) > toleratedMs) return fail(`${words}; AWS refuses calls beyond 5 min`, remedy)
    if (Math.abs(off) > noticedMs) return warn(words, remedy)
    return pass('in step with AWS')
  })
}

/** Epoch milliseconds. The SDK corrects a wrong clock by itself, but neither codes nor logs would be right. */
async function readAwsTime({ sts }: Aws): Promise<number | undefined> {
  let date: string | undefined
  const command = new GetCallerIdentityCommand({})
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers } = result.response as { headers?: Record<string, string> }
      date = headers?.date
      return result
    },
    { step: 'deserialize', name: 'readDate', priority: 'low' },
  )
  await sts.send(command).catch((error) => {
    throw toAppError(error, 'ask AWS for the time')
  })
  const time = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(time) ? undefined : time
}

function span(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}
