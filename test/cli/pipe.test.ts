// The built program with its output going into a pipe that somebody closes early.
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const program = join(resolve(import.meta.dirname, '../..'), 'bin/whatsapp-otp.js')

it('is content with a reader that has seen enough', async () => {
  const line = `"${process.execPath}" "${program}" deploy --help | "${process.execPath}" -e "process.exit(0)"`
  const stderr = await new Promise<string>((done, fail) =>
    execFile('sh', ['-c', line], (error, _stdout, text) => (error ? fail(error) : done(text))),
  )
  expect(stderr).toBe('')
})
