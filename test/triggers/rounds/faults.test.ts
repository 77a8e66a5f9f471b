// When the table or the secrets fail: nothing is sent, nobody gets in, no session is lost.
import { expect, it } from 'vitest'
import { AwsError } from '../../../triggers/outside/aws-call.ts'
import { createPool, masterKey, wrongFor } from './pool.ts'

const always = 99

it('answers unavailable and sends nothing while the table is down, then goes on in the same session', async () => {
  const pool = createPool()
  const user = pool.addUser()
  pool.aws.fail('GetItem', 'before', 1, new AwsError('refused', 0, false))
  const down = await pool.start(user)
  expect(down).toMatchObject({
    outcome: 'challenge',
    parameters: { status: 'unavailable', attemptsLeft: '0' },
  })
  expect(pool.messages).toHaveLength(0)
  const asked = await pool.resend(down)
  expect(asked.parameters.status).toBe('sent')
  expect((await pool.respond(asked, pool.lastCode())).outcome).toBe('tokens')
})

it.each(['GetItem', 'PutItem'])('lets nobody in while %s fails in Verify', async (operation) => {
  const pool = createPool()
  const step = await pool.start(pool.addUser())
  pool.aws.fail(operation, 'before', always)
  expect(await pool.judge(step, pool.lastCode())).toBe(false)
  expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_store_error', reason: 'timeout' })
})

it('sends nothing when the pool cannot be counted', async () => {
  const pool = createPool()
  pool.aws.fail('UpdateItem', 'before', 1, new AwsError('InternalServerError', 500, true))
  expect((await pool.start(pool.addUser())).parameters.status).toBe('unavailable')
  expect(pool.messages).toHaveLength(0)
})

it('treats a refusal by policy as down, not as a limit', async () => {
  const pool = createPool()
  pool.aws.fail('UpdateItem', 'before', 1, new AwsError('AccessDeniedException', 400, false))
  expect((await pool.start(pool.addUser())).parameters.status).toBe('unavailable')
})

it('keeps the whole cooldown when a failed delivery cannot be noted', async () => {
  const pool = createPool()
  pool.provider = async () => {
    pool.aws.fail('PutItem', 'before', always)
    return { outcome: 'failed', blame: 'operator' }
  }
  const step = await pool.start(pool.addUser())
  expect(step.parameters).toMatchObject({ status: 'delivery_failed', resendIn: '45' })
})

it('lets in once when the write that used the code up lost its answer', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addVerifiedUser())
  pool.aws.fail('PutItem', 'after', 2)
  expect(await pool.judge(step, pool.lastCode())).toBe(true)
  expect(await pool.judge(step, pool.lastCode())).toBe(false)
})

it('counts an answer once or more, never less, when the charge lost its answer', async () => {
  const pool = createPool()
  const step = await pool.start(pool.addVerifiedUser())
  pool.aws.fail('PutItem', 'after', 1)
  const after = await pool.respond(step, wrongFor(pool.lastCode()))
  expect(after.parameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
})

it('decides again when another sign-in writes in between', async () => {
  const pool = createPool()
  const user = pool.addVerifiedUser()
  pool.aws.interrupt = async () => {
    await pool.start(user, pool.clients.login)
  }
  const step = await pool.start(user)
  expect(step.parameters.status).toBe('cooldown')
  expect(pool.messages).toHaveLength(1)
})

it('refuses a ledger that it cannot read', async () => {
  const pool = createPool()
  const user = pool.addUser()
  await pool.start(user)
  for (const item of pool.aws.items.values()) if (item.d) item.d = { S: '{' }
  expect((await pool.start(user)).parameters.status).toBe('unavailable')
})

it('answers unavailable to known and unknown alike when the secrets cannot be read at first', async () => {
  const pool = createPool()
  pool.aws.fail('GetParameters', 'before', 2)
  const known = await pool.start(pool.addUser())
  const unknown = await pool.start('nobody')
  expect(known.parameters.status).toBe('unavailable')
  expect(unknown.parameters).toEqual(known.parameters)
  expect(pool.logged().at(-1)).toMatchObject({ event: 'otp_secrets_error' })
  expect((await pool.resend(known)).parameters.status).toBe('sent')
})

it.each([
  ['no JSON', 'x'],
  ['no key', JSON.stringify({ sendzenApiKey: 'k', kid: 'a' })],
  ['a short key', JSON.stringify({ sendzenApiKey: 'k', kid: 'a', otpMasterKey: 'c2hvcnQ' })],
])('sends nothing with secrets that hold %s', async (_name, secrets) => {
  const pool = createPool()
  pool.aws.secrets = secrets
  expect((await pool.start(pool.addUser())).parameters.status).toBe('unavailable')
  expect(pool.lines.join('')).not.toContain('c2hvcnQ')
})

it('keeps working with stale secrets, and takes a new key within a minute', async () => {
  const pool = createPool()
  const user = pool.addUser()
  await pool.start(user)
  const rotated = JSON.stringify({ sendzenApiKey: 'new-key', otpMasterKey: masterKey, kid: 'k1' })
  pool.aws.secrets = rotated
  pool.clock.advance(40_000)
  await pool.start(user)
  expect(pool.messages.at(-1)?.apiKey).not.toBe('new-key')
  pool.aws.fail('GetParameters', 'before', 1)
  pool.clock.advance(59_000)
  expect((await pool.start(user)).parameters.status).toBe('sent')
  expect(pool.messages.at(-1)?.apiKey).not.toBe('new-key')
  pool.clock.advance(60_000)
  await pool.start(user)
  expect(pool.messages.at(-1)?.apiKey).toBe('new-key')
})

it('checks, resends and limits across a rotation of the master key', async () => {
  const pool = createPool()
  const user = pool.addUser()
  const step = await pool.start(user)
  const code = pool.lastCode()
  expect(await pool.judge(step, wrongFor(code))).toBe(false)
  pool.clock.advance(20_000)
  const newKey = Buffer.alloc(32, 9).toString('base64url')
  const previous = { otpMasterKey: masterKey, kid: 'k1' }
  pool.aws.secrets = JSON.stringify({ sendzenApiKey: 'k', otpMasterKey: newKey, kid: 'k2', previous })
  pool.restart()
  expect((await pool.start(user, pool.clients.login)).parameters.status).toBe('cooldown')
  pool.clock.advance(40_000)
  const again = await pool.resend(step)
  expect(pool.lastCode()).toBe(code)
  expect(await pool.judge(again, code)).toBe(true)
  // Verify still holds the old secrets when the first code under the new key comes back.
  pool.clock.advance(60_000)
  const next = await pool.start(user)
  expect(await pool.judge(next, pool.lastCode())).toBe(true)
  // Without `previous`, the first master keeps the numbers where they are.
  pool.aws.secrets = JSON.stringify({
    sendzenApiKey: 'k',
    otpMasterKey: newKey,
    kid: 'k2',
    idMasterKey: masterKey,
  })
  pool.restart()
  expect((await pool.start(user)).parameters.status).toBe('cooldown')
})
