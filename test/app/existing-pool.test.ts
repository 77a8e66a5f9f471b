// The client on a pool that existed before its stage: users sign in with their addresses, and no token bears a mark.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../../app/client.ts'
import type { ClientOptions } from '../../app/options.ts'
import { memory } from '../../app/storage.ts'
import { createVerifier } from '../../app/verify.ts'
import { type Borrowed, startOnBorrowedPool } from '../cli/borrowed.ts'
import { documentOf } from '../cli/terminal.ts'

let stage: Borrowed
let clientId = ''
beforeAll(async () => {
  stage = await startOnBorrowedPool()
  const { outputs } = documentOf(await stage.terminal.run('outputs --json')) as {
    outputs: { loginClientId: string }
  }
  clientId = outputs.loginClientId
})
afterAll(() => stage.terminal.close())

const place = () => ({ region: stage.terminal.sandbox.region, endpoint: stage.terminal.sandbox.endpoint })
const open = (options: Partial<ClientOptions>) =>
  createClient({
    ...{ ...place(), clientId, now: stage.terminal.clock.now },
    stores: { session: memory(), tokens: memory(), device: memory() },
    ...options,
  })

it('signs in by an address, with the code that came to the number of its account', async () => {
  const phone = '+15550100901'
  const id = await stage.makeUser('ana@example.com', phone)
  const client = open({ existingPool: 'name' })
  const asked = await client.start(' ana@example.com ')
  expect(asked).toMatchObject({ step: 'code', phone: 'ana@example.com', challenge: { status: 'sent' } })
  const before = stage.terminal.sandbox.calls.length
  const done = await client.answer(stage.terminal.sandbox.inbox.list(phone).at(-1)!.code)
  expect(done).toMatchObject({ step: 'signedIn', user: { id, phone, isVerified: true } })
  // Nothing is to be read anew: there is no mark that the first tokens could lack.
  const calls = stage.terminal.sandbox.calls.slice(before).map(({ operation }) => operation)
  expect(calls).not.toContain('InitiateAuth')
  const { idToken } = await client.tokens()
  const pool = { ...place(), userPoolId: stage.poolId, clientIds: [clientId], now: stage.terminal.clock.now }
  expect((await createVerifier({ ...pool, existingPool: 'name' })(idToken)).isVerified).toBe(true)
  expect((await createVerifier(pool)(idToken)).isVerified).toBe(false)
  client.close()
})

it('shows nobody whether there is an account', async () => {
  const client = open({ existingPool: 'name' })
  expect(await client.start('nobody@example.com')).toMatchObject({
    step: 'code',
    challenge: { status: 'sent' },
  })
  client.close()
})

it('takes no name unless told, and no empty one', async () => {
  for (const [options, typed] of [
    [{}, 'ana@example.com'],
    [{ existingPool: 'phone' }, 'ana@example.com'],
    [{ existingPool: 'name' }, '  '],
  ] as const) {
    const client = open(options)
    expect(await client.start(typed)).toMatchObject({ step: 'failed', says: 'invalid_phone' })
    client.close()
  }
})
