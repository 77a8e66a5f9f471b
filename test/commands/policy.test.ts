// The policy that a developer needs, ready for IAM.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document } from '../cli/scene.ts'
import { Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await Terminal.start()
})
afterAll(() => terminal.close())

describe('policy', () => {
  it('prints a policy as JSON, ready for IAM', async () => {
    const { code, stdout, writes } = await terminal.run('policy')
    expect([code, writes]).toEqual([0, []])
    const { Version, Statement } = JSON.parse(stdout)
    expect(Version).toBe('2012-10-17')
    expect(Statement.every(({ Effect }: { Effect: string }) => Effect === 'Allow')).toBe(true)
    expect(await document(terminal, 'policy --json')).toMatchObject({
      command: 'policy',
      policy: { Version, Statement },
    })
  })
})
