// `users show` in front of a person: why a number gets no code, whoever has it or nobody.

import { maskPhone } from '../../core/mask.ts'
import { providerOf } from '../../core/messaging/providers.ts'
import { type OpenStage, requireRecord } from '../../stage/stage.ts'
import type { Context } from './command.ts'
import { tellTroubles } from './stage-troubles.ts'

/** That nobody has the number is an answer like any other. Events count from `from` on (epoch milliseconds). */
export async function showNumber(
  context: Context,
  stage: OpenStage,
  phone: string,
  from: number,
): Promise<void> {
  const { output, tasks, clock } = context
  const record = requireRecord(stage)
  const [{ lookAtNumber }, { readHistory }, { adviceFor }, { adviceLines, historyLines, numberRows }] =
    await Promise.all([
      import('../../users/number.ts'),
      import('../../insight/number-history.ts'),
      import('../../insight/number-advice.ts'),
      import('../../views/number-view.ts'),
    ])
  const { aws } = stage
  await tellTroubles(context, stage)
  const looked = await tasks.run('Find the user', () => lookAtNumber(aws, record, phone))
  const history = await tasks.run('Read the logs', () =>
    readHistory(aws, record, phone, { from, redacted: output.redacted }),
  )
  const next = adviceFor(looked, history, providerOf(record.settings), record.stage)
  output.table(numberRows(looked, history, clock.now()))
  output.data('')
  for (const line of historyLines(history, looked, output)) output.data(line)
  if (next.length > 0) output.data('')
  for (const line of adviceLines(next, output)) output.data(line)
  const { facts, found } = looked
  const user = found ? { phone: maskPhone(phone), ...found.user } : null
  const lines = history.events.map(({ fields, ...event }) => ({ ...event, ...fields }))
  const number = { phone: maskPhone(phone), ...facts }
  output.json({
    ...{ command: 'users', action: 'show', stage: record.stage, user, number },
    history: { ...history, events: lines },
    next,
  })
}
