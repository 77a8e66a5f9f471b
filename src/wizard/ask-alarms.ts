// Whether the stage is to have alarms, what they cost, and whom they tell.
import { alarmCost } from '../resources/alarms/cost.ts'
import { answer, checkText, type Interview, isGiven, parseAs, presetOf, waysOf } from './interview.ts'

/** One question, where nothing says so yet: without an address there are none. */
export async function askAlarms(interview: Interview): Promise<void> {
  const { resolved, prompts, changing } = interview
  const wanted = changing.has('alarms') || changing.has('alarmEmail')
  if (!wanted && (isGiven(interview, 'alarms') || isGiven(interview, 'alarmTopicArn'))) return
  const text = await prompts.text({
    message: `Address that alarms write to (US$ ${alarmCost(resolved.settings).monthly.toFixed(2)} a month to AWS), or none`,
    ...waysOf('alarmEmail'),
    default: presetOf(interview, 'alarmEmail'),
    check: (typed) => checkText('alarmEmail', typed.trim()),
  })
  const email = parseAs('alarmEmail', text.trim())
  answer(interview, 'alarmEmail', email)
  answer(interview, 'alarms', email !== 'none')
}
