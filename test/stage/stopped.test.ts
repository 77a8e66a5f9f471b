// Real processes, really stopped: a run of the CLI sleeps past its lease right after it has taken the stage, another
// run takes over and ends, and the first one wakes.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { loadArtifacts } from '../../src/stage/artifacts.ts'
import { isRead, Runs } from './runs.ts'
import { stateOf } from './state.ts'

const program = resolve(import.meta.dirname, '../../bin/whatsapp-otp.js')
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
    const cwd = mkdtempSync(join(tmpdir(), 'whatsapp-otp-stopped-'))
    try {
      await runs.deploy({ artifacts })
      const child = spawn(process.execPath, [program, ...argv], {
        cwd,
        env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', CI: '1', ...runs.sandbox.env(), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let text = ''
      child.stderr.on('data', (data: Buffer) => {
        text += data.toString()
      })
      const ended = new Promise<number | null>((done) => child.on('exit', done))
      const { faults } = runs.sandbox
      const { take } = Object.getPrototypeOf(faults) as typeof faults
      let isHeld = false
      const stopped = new Promise<void>((done) => {
        faults.take = (service, operation) => {
          // The first thing that it looks at while it holds the stage.
          if (isHeld && operation === 'GetParameter') {
            process.kill(child.pid!, 'SIGSTOP')
            done()
          }
          isHeld ||= service === 'dynamodb' && operation === 'PutItem'
          return take.call(faults, service, operation)
        }
      })
      await stopped
      faults.take = take
      await runs.deploy({ artifacts, env: others, clock: systemClock })
      const theirs = await stateOf(runs, others)
      const before = runs.sandbox.calls.length
      process.kill(child.pid!, 'SIGCONT')
      expect(await ended, text).toBe(1)
      expect(text).toContain('Another run has taken over stage «dev»')
      const changes = runs.sandbox.calls
        .slice(before)
        // What the lock itself writes is conditional on its holder.
        .filter((call) => call.service !== 'dynamodb' && !isRead({ ...call, nth: 0 }))
      expect(changes.map(({ operation }) => operation)).toEqual([])
      expect(await stateOf(runs, others)).toEqual(theirs)
    } finally {
      rmSync(cwd, { recursive: true, force: true })
      await runs.close()
    }
  },
)
