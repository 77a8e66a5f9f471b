// A sign-in from the terminal, as the user of an app would do it.
import { expect, it } from 'vitest'
import { signIn, startWithStage } from '../cli/scene.ts'
import { Terminal } from '../cli/terminal.ts'

const phone = '+15550100007'

it('login takes a user through a wrong and the right code', async () => {
  const terminal = await startWithStage()
  const result = await signIn(terminal, phone)
  expect(result.code).toBe(0)
  expect(result.stdout).toContain('phone_number_verified true, custom:whatsapp_verified true')
  expect(result.stdout + result.stderr).not.toMatch(/eyJ/)
  expect(result.stderr).not.toContain('refresh')
  await terminal.close()
})

it.each([
  ['a public client', {}],
  ['a client with a secret', { CLIENT_SECRET: 'true' }],
])('login of %s refreshes once where the first tokens do not say what was proven', async (_name, env) => {
  const terminal = await Terminal.start({ world: { freshProof: 'missing' } })
  await terminal.run('deploy --no-verify', { env })
  const first = await signIn(terminal, phone, { env })
  expect(first.code).toBe(0)
  expect(first.stderr).toContain('The number is proven, but the tokens of this sign-in do not say so yet.')
  expect(first.stderr).toContain('After one refresh they do')
  expect(first.stdout).toContain('phone_number_verified true, custom:whatsapp_verified true')
  terminal.sandbox.clock.advance(61_000)
  const next = await signIn(terminal, phone, { env })
  expect(next.stderr).not.toContain('refresh')
  await terminal.close()
})

it('login is no failure where the tokens cannot be refreshed either', async () => {
  const terminal = await Terminal.start({ world: { freshProof: 'missing' } })
  await terminal.run('deploy --no-verify')
  terminal.sandbox.faults.add({ operation: 'InitiateAuth', kind: 'fail-before', nth: 2, times: 20 })
  const result = await signIn(terminal, phone)
  expect(result.code).toBe(0)
  expect(result.stderr).toContain('Could not refresh the tokens')
  expect(result.stderr).toContain('ask GetUser with the access token')
  expect(result.stdout).toContain('phone_number_verified false, custom:whatsapp_verified false')
  await terminal.close()
})
