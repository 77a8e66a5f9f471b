// The days that CloudWatch Logs can keep events for.

import { AwsFault } from '../account/aws-fault.ts'

const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

/** Throws InvalidParameterException for a number of days that is not on AWS's list. */
export function readRetention(days: number | undefined): number {
  if (days !== undefined && retentions.includes(days)) return days
  throw new AwsFault(
    'InvalidParameterException',
    `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${retentions.join(', ')}]`,
  )
}
