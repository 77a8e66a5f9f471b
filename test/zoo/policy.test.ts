// The printed policy is enough for a pool whose role, key and functions go back to Cognito with every change.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { documentOf } from '../cli/terminal.ts'
import { differences } from './compare.ts'
import { members } from './members.ts'
import { Zoo } from './zoo.ts'

let zoo: Zoo
beforeEach(async () => {
  zoo = await Zoo.open()
})
afterEach(() => zoo.close())

const named = (part: string) => members.filter(({ name }) => name.includes(part))

it.each([...named('sends SMS'), ...named('behind an alias')])(
  'a pool that $name is borrowed and given back with it',
  async ({ make }) => {
    const { poolId } = await make(zoo)
    zoo.sandbox.clock.advance(600_000)
    const before = await zoo.describe(poolId)
    const { policy } = documentOf(await zoo.terminal.run(`policy --json --user-pool ${poolId}`)) as {
      policy: Parameters<typeof zoo.sandbox.setCallerPolicy>[0]
    }
    zoo.sandbox.setCallerPolicy(policy)
    const deployed = await zoo.terminal.run(`deploy --yes --user-pool ${poolId}`)
    expect([deployed.code, deployed.stderr]).toEqual([0, expect.any(String) as unknown])
    const gone = await zoo.terminal.run('destroy --stage dev --yes')
    expect([gone.code, gone.stderr]).toEqual([0, expect.any(String) as unknown])
    zoo.sandbox.setCallerPolicy(undefined)
    expect(differences(before, await zoo.describe(poolId))).toEqual([])
  },
)
