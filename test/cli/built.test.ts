// The programs as they are built, each a process of its own: what a bundle may lack shows only there.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Terminal } from './terminal.ts'

const root = resolve(import.meta.dirname, '../..')

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

function run(file: string, line: string): Promise<{ code: number; stderr: string }> {
  const { cwd, sandbox } = terminal
  const env = { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', ...sandbox.env() }
  return new Promise((done) => {
    execFile(process.execPath, [join(root, file), ...line.split(' ')], { cwd, env }, (error, _, stderr) =>
      done({ code: error ? Number(error.code) : 0, stderr }),
    )
  })
}

it('whatsapp-otp writes the outputs into a file', async () => {
  expect((await terminal.run('deploy --no-verify')).code).toBe(0)
  const { code, stderr } = await run('bin/whatsapp-otp.js', 'outputs --write .env.local')
  expect(code, stderr).toBe(0)
  expect(readFileSync(join(terminal.cwd, '.env.local'), 'utf8')).toContain('USER_POOL_ID=')
})

it('npm run live writes its report', async () => {
  const { code, stderr } = await run('dist/live/live.js', '--yes --only poolTags --only standInName')
  expect(code, stderr).toBe(0)
  const report = JSON.parse(readFileSync(join(terminal.cwd, 'live-report.json'), 'utf8'))
  expect(report.findings).toMatchObject([
    { matter: 'poolTags', way: 'at-once' },
    { matter: 'standInName', way: 'stable' },
  ])
})
