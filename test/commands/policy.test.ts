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

  const boundary = 'arn:aws:iam::123456789012:policy/limit'
  const actionsIn = (text: string): string[] =>
    JSON.parse(text).Statement.flatMap(({ Action }: { Action: string[] }) => Action)

  it('says how far it reaches without a boundary, and which command ends that', async () => {
    const { stdout, stderr } = await terminal.run('policy')
    expect(stdout).not.toContain('PermissionsBoundary')
    expect(stderr).toContain('administrator in two calls')
    expect(stderr).toContain('whatsapp-otp policy --stage dev --boundary')
  })

  it('asks for the boundary of the settings, or for that of the stage', async () => {
    const { stdout, stderr } = await terminal.run(`policy --permissions-boundary ${boundary}`)
    expect(actionsIn(stdout)).toContain('iam:PutRolePermissionsBoundary')
    expect(stdout).toContain(boundary)
    expect(stderr).not.toContain('administrator')
    const elsewhere = await terminal.run(
      'policy --permissions-boundary arn:aws:iam::111122223333:policy/limit',
    )
    expect([elsewhere.code, elsewhere.stdout]).toEqual([3, ''])
  })

  it('--boundary prints what the functions may do at most, and how it is put into force', async () => {
    const { stdout, stderr } = await terminal.run('policy --boundary')
    expect(new Set(actionsIn(stdout).map((action) => action.split(':')[0]))).toEqual(
      new Set(['logs', 'dynamodb', 'ssm', 'cognito-idp']),
    )
    expect(stderr).toContain('aws iam create-policy --policy-name whatsapp-otp-dev-us-east-1-boundary')
    expect(stderr).toContain('PERMISSIONS_BOUNDARY=arn:aws:iam::123456789012:policy/')
    const withSms = await terminal.run('policy --boundary --sms-fallback true')
    expect(actionsIn(withSms.stdout)).toContain('sns:Publish')
  })

  it('is printed for whoever may do nothing at all, and says what it could not know', async () => {
    terminal.sandbox.setCallerPolicy({ Version: '2012-10-17', Statement: [] })
    const { code, stdout, stderr } = await terminal.run('policy')
    terminal.sandbox.setCallerPolicy(undefined)
    expect(code).toBe(0)
    expect(actionsIn(stdout)).toContain('iam:CreateRole')
    expect(stderr).toContain('may not call ssm:GetParameter')
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
