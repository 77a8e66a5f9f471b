// The alarms of a stage as lines for people: which ring, whom they tell, and where to look.
import type { StageAlarms } from '../insight/alarms.ts'
import { wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'

/** Nothing for a stage without them. */
export function alarmLines(
  alarms: StageAlarms | undefined,
  { theme, dataWidth }: Pick<Output, 'theme' | 'dataWidth'>,
): string[] {
  if (!alarms) return []
  const { ringing, dashboard } = alarms
  const fold = (text: string, indent: string) => wrap(text, dataWidth, indent)
  const head = `${ringing.length === 0 ? 'none' : ringing.length} of ${alarms.count} ${ringing.length > 1 ? 'ring' : 'rings'}`
  return [
    ...fold(`Alarms     ${head}; ${toldWords(alarms)}`, '           '),
    ...ringing.flatMap(({ name, says, since }) =>
      fold(`${theme.warning} ${name}, since ${since.slice(0, 16).replace('T', ' ')} UTC: ${says}`, '  '),
    ),
    ...(dashboard ? [`Dashboard  ${dashboard}`] : []),
  ]
}

function toldWords({ tells }: StageAlarms): string {
  if (!tells) return 'they tell nobody: set ALARM_EMAIL or ALARM_TOPIC_ARN'
  if ('topic' in tells) return `they tell ${tells.topic}`
  return tells.confirmed ? `they tell ${tells.email}` : pendingWords(tells.email)
}

/** Until then SNS sends nothing else to it. */
export const pendingWords = (email: string) =>
  `they tell nobody until ${email} follows the link in the mail from AWS Notifications`
