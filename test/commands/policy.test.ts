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
    expect(await document(terminal, 'policy --json')).toMatchObject({
      command: 'policy',
      policy: { Version, Statement },
    })
  })

  it('--adopt prints what taking over one pool needs, and takes no pattern for an id', async () => {
    const { code, stdout } = await terminal.run('policy --adopt us-east-1_AbC123')
    expect(code).toBe(0)
    const { Statement } = JSON.parse(stdout)
    const pools = Statement.flatMap(({ Resource }: { Resource: string[] }) => Resource)
    expect(new Set(pools)).toEqual(
      new Set(['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbC123']),
    )
    expect(stdout).not.toContain('DeleteUserPool')
    for (const id of ['*', 'us-east-1_*', 'us-east-1_Ab?', 'us-east-1']) {
      const refused = await terminal.run(`policy --adopt ${id}`)
      expect([refused.code, refused.stdout]).toEqual([3, ''])
    }
  })
})
