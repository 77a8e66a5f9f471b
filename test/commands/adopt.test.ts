// Taking over what another tool made under our names: never silently, and only after it was shown.
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { Terminal } from '../cli/terminal.ts'

const RoleName = 'whatsapp-otp-dev-us-east-1-preSignUp'
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
}

let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.start()
  const { iam, logs } = clients()
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }))
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/lambda/whatsapp-otp-dev-preSignUp' }))
})
afterEach(() => terminal.close())

const clients = () => createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
const tagsOfRole = async () => {
  const { Role } = await clients().iam.send(new GetRoleCommand({ RoleName }))
  return (Role?.Tags ?? []).map((tag) => tag.Key)
}

describe('deploy over a role and a log group of somebody else', () => {
  it('is refused with the way to take them over, and changes nothing', async () => {
    const { code, stderr, writes } = await terminal.run('deploy')
    expect([code, writes]).toEqual([1, []])
    expect(stderr).toContain('--adopt')
  })

  it('--adopt shows what it would change, and does nothing on a no', async () => {
    const { code, stderr, writes } = await terminal.run('deploy --adopt', {
      answers: [['Take over 2 resources', 'n', '\r']],
    })
    expect([code, writes]).toEqual([130, []])
    expect(stderr).toContain(RoleName)
    expect(await tagsOfRole()).toEqual([])
  })

  it('--adopt takes them over on a yes, and the stage is whole then', async () => {
    const taken = await terminal.run('deploy --adopt', { answers: [['Take over 2 resources', 'y', '\r']] })
    expect(taken.code).toBe(0)
    expect(await tagsOfRole()).toContain('whatsapp-otp:stage')
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
  })

  it('--adopt wants --yes where there is nobody to ask', async () => {
    const asked = await terminal.run('deploy --adopt')
    expect([asked.code, asked.writes]).toEqual([3, []])
    expect(asked.stderr).toContain('--yes')
    expect((await terminal.run('deploy --adopt --yes')).code).toBe(0)
  })
})
