// The built program with its output going into a pipe that somebody closes early.
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'

const program = join(resolve(import.meta.dirname, '../..'), 'bin/whatsapp-otp.js')

it('is content with a reader that has seen enough', async () => {
  const line = `"${process.execPath}" "${program}" deploy --help | "${process.execPath}" -e "process.exit(0)"`
  const stderr = await new Promise<string>((done, fail) =>
    execFile('sh', ['-c', line], (error, _stdout, text) => (error ? fail(error) : done(text))),
  )
  expect(stderr).toBe('')
})

describe('what cannot be printed', () => {
  let terminal: Terminal
  beforeAll(async () => {
    terminal = await Terminal.start()
  })
  afterAll(() => terminal.close())
  const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

  it('stops no change of a stage, and is told at its end', async () => {
    const { code, stderr } = await terminal.run('deploy --no-verify', {
      during: async ({ stdout }) => void stdout.emit('error', full()),
    })
    expect([code, stderr]).toEqual([1, expect.stringContaining('✖ Not everything could be printed')])
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
  })

  it('is no failure where the reader has seen enough', async () => {
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    const { code } = await terminal.run('outputs', {
      during: async ({ stdout }) => void stdout.emit('error', closed),
    })
    expect(code).toBe(0)
  })
})

it('an error that nobody has caught is told in our words, without secrets', async () => {
  const terminal = await Terminal.start()
  const { stderr } = await terminal.run('outputs', {
    during: async ({ signals }) => {
      signals.emit('uncaughtException', new Error('boom for +4915112345678'))
    },
  })
  expect(stderr).toContain('✖ Something unexpected went wrong inside whatsapp-otp')
  expect(stderr).toContain('boom for +***********78')
  await terminal.close()
})
