// A sign-in from the terminal, as the user of an app would do it.
import { expect, it } from 'vitest'
import { signIn, startWithStage } from '../cli/scene.ts'

it('login takes a user through a wrong and the right code', async () => {
  const terminal = await startWithStage()
  const result = await signIn(terminal, '+15550100007')
  expect(result.code).toBe(0)
  expect(result.stdout).toContain('phone_number_verified true')
  expect(result.stdout + result.stderr).not.toMatch(/eyJ/)
  await terminal.close()
})
