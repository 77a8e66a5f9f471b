// Real processes, really stopped: a run of the CLI sleeps past its lease right after it has taken the stage, another
// run takes over and ends, and the first one wakes.
import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { loadArtifacts } from '../../src/stage/artifacts.ts'
import { startProgram } from './program.ts'
import { isRead, Runs } from './runs.ts'
import { stateOf } from './state.ts'

const others = { OTP_EXPIRY_MINUTES: '3' }

it.concurrent.each([
  { name: 'destroy', argv: ['destroy', '--stage', 'dev', '--yes'], env: {} as Record<string, string> },
  {
    name: 'deploy',
    argv: ['deploy', '--stage', 'dev', '--no-verify'],
    env: { OTP_EXPIRY_MINUTES: '9' } as Record<string, string>,
  },
])(
  'a $name that was stopped changes nothing when it goes on',
  { timeout: 120_000 },
  async ({ argv, env }) => {
    const artifacts = await loadArtifacts()
    const runs = await Runs.start({ pageSize: 20 })
    try {
      await runs.deploy({ artifacts })
      const program = startProgram(runs, argv, env)
      let isHeld = false
      await new Promise<void>((stopped) => {
        const end = program.onCall((service, operation) => {
          // The first thing that it looks at while it holds the stage.
          if (isHeld && operation === 'GetParameter') {
            program.kill('SIGSTOP')
            end()
            stopped()
          }
          isHeld ||= service === 'dynamodb' && operation === 'PutItem'
        })
      })
      await runs.deploy({ artifacts, env: others, clock: systemClock })
      const theirs = await stateOf(runs, others)
      const before = runs.sandbox.calls.length
      program.kill('SIGCONT')
      const { code, text } = await program.ended
      expect(code, text).toBe(1)
      expect(text).toContain('Another run has taken over stage «dev»')
      const changes = runs.sandbox.calls
        .slice(before)
        // What the lock itself writes is conditional on its holder.
        .filter((call) => call.service !== 'dynamodb' && !isRead({ ...call, nth: 0 }))
      expect(changes.map(({ operation }) => operation)).toEqual([])
      expect(await stateOf(runs, others)).toEqual(theirs)
    } finally {
      await runs.close()
    }
  },
)
