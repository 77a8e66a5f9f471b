// Real processes, really stopped: a run of the CLI sleeps past its lease while it holds the stage, another run takes
// over and ends, and the first one wakes.
import { afterAll, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { loadArtifacts } from '../../src/stage/artifacts.ts'
import { startProgram } from './program.ts'
import { isRead, Runs } from './runs.ts'
import { stateOf } from './state.ts'

const others = { OTP_EXPIRY_MINUTES: '3' }

/** The nth call that changes something after the stage was taken; 0 is the first look while it is held. */
const moments = [
  { name: 'destroy', line: 'destroy --stage dev --yes', env: {}, nths: [0, 1, 7, 20] },
  {
    name: 'deploy',
    line: 'deploy --stage dev --no-verify',
    env: { OTP_EXPIRY_MINUTES: '9', LOG_RETENTION_DAYS: '7' },
    nths: [0, 1, 3, 6],
  },
  { name: 'rotate-key', line: 'rotate-key --stage dev --master', env: {}, nths: [0] },
].flatMap(({ nths, ...one }) => nths.map((nth) => ({ ...one, nth })))

let unchanged = 0
afterAll(() => {
  process.stdout.write(
    `stopped: ${unchanged} of ${moments.length} processes changed nothing of the run that took over\n`,
  )
})

it.concurrent.each(moments)(
  'a $name that was stopped at its change number $nth changes nothing when it goes on',
  { timeout: 120_000 },
  async ({ line, env, nth }) => {
    const artifacts = await loadArtifacts()
    const runs = await Runs.start({ pageSize: 20 })
    try {
      await runs.deploy({ artifacts })
      const program = startProgram(runs, line.split(' '), env as Record<string, string>)
      let isHeld = false
      let isStopping = false
      let changes = 0
      await new Promise<void>((stopped) => {
        const end = program.onCall((service, operation) => {
          const isLocks = service === 'dynamodb' && /Item$/.test(operation)
          if (isHeld && !isLocks && !isRead({ service, operation, nth: 0 })) changes++
          if (!isStopping && isHeld && changes === nth && (nth > 0 || operation.startsWith('GetParameter'))) {
            isStopping = true
            // While it waits for answers: stopped within the microseconds between its last look and a write, nobody
            // could tell that a call had not left before.
            runs.sandbox.faults.add({ kind: 'slow', ms: 600, times: 1_000 })
            setTimeout(() => {
              program.kill('SIGSTOP')
              runs.sandbox.faults.clear()
              end()
              stopped()
            }, 200)
          }
          isHeld ||= isLocks && operation === 'PutItem'
        })
      })
      await runs.deploy({ artifacts, env: others, clock: systemClock })
      const theirs = await stateOf(runs, others)
      const before = runs.sandbox.calls.length
      program.kill('SIGCONT')
      const { code, text } = await program.ended
      expect(code, text).toBe(1)
      expect(text.slice(-800)).toContain('Another run has taken over stage «dev»')
      const arrived = runs.sandbox.calls
        .slice(before)
        // What the lock itself writes is conditional on its holder.
        .filter((call) => call.service !== 'dynamodb' && !isRead({ ...call, nth: 0 }))
      expect(arrived.map(({ operation }) => operation)).toEqual([])
      expect(await stateOf(runs, others)).toEqual(theirs)
      unchanged++
    } finally {
      await runs.close()
    }
  },
)
