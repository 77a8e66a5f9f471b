// A new SendZen key in the place of the old one, without a deploy.
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { screenOf, Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeEach(async () => {
  terminal = await Terminal.start()
})
afterEach(() => terminal.close())

describe('rotate-key', () => {
  it('puts a new key in place without a deploy, and warns of an old one that is left in .env', async () => {
    const key = terminal.sandbox.env().SENDZEN_API_KEY
    expect((await terminal.run('deploy --no-verify', { env: { SENDZEN_API_KEY: key } })).code).toBe(0)
    await spoil()
    terminal.write('.env', 'SENDZEN_API_KEY=sz_live_former\n')
    const options = { env: { SENDZEN_API_KEY: undefined }, stdin: `${key}\n` }
    const result = await terminal.run('rotate-key --stdin', options)
    expect(result.code).toBe(0)
    expect(result.writes.filter((write) => !write.startsWith('dynamodb:'))).toEqual(['ssm:PutParameter'])
    expect(result.stderr).toContain('within a minute')
    expect(result.stderr).toContain('the next deploy would put that one back')
    expect(result.stdout + result.stderr).not.toContain(key)
    terminal.write('.env', '')
    expect((await terminal.run('test-send +15550100001', { env: { SENDZEN_API_KEY: undefined } })).code).toBe(
      0,
    )
  })

  it('--master makes a new master key, keeps the old one for codes on their way, and shows neither', async () => {
    expect((await terminal.run('deploy --no-verify')).code).toBe(0)
    const before = await stored(masterKey)
    const result = await terminal.run('rotate-key --master')
    expect(result.code).toBe(0)
    expect(result.writes.filter((write) => !write.startsWith('dynamodb:'))).toEqual(['ssm:PutParameter'])
    const after = await stored(masterKey)
    expect(after.otpMasterKey).not.toBe(before.otpMasterKey)
    expect(after).toEqual({
      ...before,
      otpMasterKey: after.otpMasterKey,
      kid: after.kid,
      previous: { otpMasterKey: before.otpMasterKey, kid: before.kid },
    })
    for (const secret of [before.otpMasterKey, after.otpMasterKey, before.idMasterKey]) {
      expect(result.stdout + result.stderr).not.toContain(secret)
    }
    // A deploy takes it as it is.
    expect((await terminal.run('plan --detailed-exitcode')).code).toBe(0)
  })
})

describe('rotate-key changes nothing', () => {
  beforeEach(async () => {
    expect((await terminal.run('deploy --no-verify')).code).toBe(0)
  })

  it('where SendZen refuses the key', async () => {
    const result = await terminal.run('rotate-key --stdin', { stdin: 'sz_live_wrong\n' })
    expect(result.writes).toEqual([])
    expect(screenOf(terminal, result)).toMatchInlineSnapshot(`
      "exit 1
      --- stdout
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✖ Check the key with SendZen  <duration>
      ✖ SendZen refused the API key
        Why   it answered 401: the key is wrong, expired, or of another project
        Next  create a key at https://app.sendzen.io and set SENDZEN_API_KEY
        More  whatsapp-otp doctor
      "
    `)
  })

  it('where the key is the same', async () => {
    const { code, writes, stderr } = await terminal.run('rotate-key')
    expect([code, writes]).toEqual([0, []])
    expect(stderr).toContain('has this key already')
  })
})

const providerKey = '/whatsapp-otp-functions/dev/provider-key'
const masterKey = '/whatsapp-otp-functions/dev/master-key'
const ssmOf = () => createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region }).ssm

async function stored(Name: string): Promise<Record<string, string>> {
  const { Parameter } = await ssmOf().send(new GetParameterCommand({ Name, WithDecryption: true }))
  return JSON.parse(Parameter?.Value ?? '{}')
}

/** Puts a key into the stage that SendZen no longer takes. */
async function spoil(): Promise<void> {
  const Value = JSON.stringify({ ...(await stored(providerKey)), sendzenApiKey: 'sz_live_revoked' })
  await ssmOf().send(
    new PutParameterCommand({ Name: providerKey, Type: 'SecureString', Value, Overwrite: true }),
  )
}
