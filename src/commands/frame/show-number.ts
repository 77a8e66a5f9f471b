// `users show` in front of a person: why a number gets no code, whoever has it or nobody.

import { maskPhone } from '../../core/mask.ts'
import { providerOf } from '../../core/messaging/providers.ts'
import type { Happening } from '../../insight/number-history.ts'
import { requireRecord } from '../../stage/recorded.ts'
import type { OpenStage } from '../../stage/stage.ts'
import type { Context } from './command.ts'
import { causedBy, tellTroubles } from './stage-troubles.ts'
import type { Meant } from './user-rights.ts'

/** That nobody has the number is an answer like any other. Events count from `from` on (epoch milliseconds). */
export async function showNumber(
  context: Context,
  stage: OpenStage,
  { phone, name }: Meant,
  from: number,
): Promise<void> {
  const { output, tasks, clock } = context
  const record = requireRecord(stage)
  const [
    { lookAtNumber },
    { lastCourse, readHistory, withKept },
    { adviceFor },
    { adviceLines, historyLines, numberRows },
  ] = await Promise.all([
    import('../../users/number.ts'),
    import('../../insight/number-history.ts'),
    import('../../insight/number-advice.ts'),
    import('../../views/number-view.ts'),
  ])
  const { aws } = stage
  const { problems, grave, latest } = await tellTroubles(context, stage)
  const looked = await tasks
    .run('Find the user', () => lookAtNumber(aws, record, phone, name))
    .catch((error) => {
      throw causedBy(grave, error)
    })
  const history = await tasks.run('Read the logs', () =>
    readHistory(aws, record, phone, { from, redacted: output.redacted }),
  )
  const provider = providerOf(record.settings)
  const course = withKept(lastCourse(history), latest, provider)
  const next = adviceFor(looked, course, provider, record)
  output.table(numberRows(looked, course, clock.now()))
  output.data('')
  for (const line of historyLines(history, looked, output)) output.data(line)
  if (next.length > 0) output.data('')
  for (const line of adviceLines(next, output)) output.data(line)
  const { facts, found } = looked
  const user = found ? { phone: maskPhone(phone), ...found.user } : null
  const flat = ({ fields, ...event }: Happening) => ({ ...event, ...fields })
  const number = { phone: maskPhone(phone), ...facts }
  output.json({
    ...{ command: 'users', action: 'show', stage: record.stage, user, number },
    problems: grave.map(({ cause }) => cause),
    judgement: problems,
    last: course ? flat(course.latest) : null,
    history: { ...history, events: history.events.map(flat) },
    next,
  })
}
