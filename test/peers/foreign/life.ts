// A whole life of a stage, as somebody else's program plays it on the installed package. Prints what it saw.
import { AppError, deploy, destroy, outputs, plan, type StageEvent, startSandbox, status } from 'whatsapp-otp'

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'nothing was thrown'
  } catch (error) {
    return error instanceof AppError ? error.code : `no AppError: ${error}`
  }
}

const sandbox = await startSandbox()
const there = { stage: 'foreign', env: sandbox.env() }
const steps: string[] = []
const onEvent = (event: StageEvent) => {
  if (event.type === 'step' && event.state === 'done') steps.push(event.step.id)
}

const planned = await plan(there)
const abort = new AbortController()
const cancelled = await codeOf(
  deploy({ ...there, signal: abort.signal, onEvent: ({ type }) => type === 'step' && abort.abort() }),
)
const made = await deploy({ ...there, onEvent })
const { healthy, lastDay } = await status(there)
const ids = await outputs(there)
const wrong = await codeOf(deploy({ ...there, settings: { otpLength: 99 } }))
const changed = await deploy({ ...there, settings: { otpExpiryMinutes: 3 } })
const again = await deploy(there)
const before = sandbox.inventory().length
const gone = await destroy({ ...there, confirm: (_plan, users) => users === 0 })

process.stdout.write(
  JSON.stringify({
    planned: planned.steps.length,
    cancelled,
    made: made.changed,
    steps: steps.length > 0 && steps.every((id) => made.steps.some((step) => step.id === id)),
    healthy,
    sent: 'sent' in lastDay ? lastDay.sent : lastDay.unknown,
    sameIds: JSON.stringify(ids) === JSON.stringify(made.outputs),
    wrong,
    changes: changed.steps.flatMap(({ changes }) => changes.map(({ field, from, to }) => [field, from, to])),
    again: again.changed,
    before,
    gone: gone.steps.length,
    left: sandbox.inventory(),
  }),
)
await sandbox.close()
