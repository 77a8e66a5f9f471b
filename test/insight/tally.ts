// What is counted of a few log lines.
import { type Activity, createTally } from '../../src/insight/activity.ts'

export function countActivity(messages: readonly string[]): Activity {
  const tally = createTally()
  for (const message of messages) tally.add(message)
  return tally.result()
}
