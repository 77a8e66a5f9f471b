// `npm run live` names the way that its account is, in every single deviation: that is what its probes are for.
import { afterEach, describe, expect, it } from 'vitest'
import { deviations, matters, type Unsettled, unsettled } from '../../src/sandbox/account/unsettled.ts'
import { Account, phone } from './live.ts'

let account: Account
afterEach(() => account?.close())

const nameOf = (world: Partial<Unsettled>) =>
  Object.entries(world).map(([matter, way]) => `${matter}=${way}`)[0] ?? 'as assumed'

/** What cannot be told in a world, with the reason. */
function untold(world: Partial<Unsettled>): Record<string, RegExp> {
  return world.signUpNumber === 'must-be-writable' ? { namedNumber: /can sign nobody up/ } : {}
}

describe('the probes', () => {
  it.each([{}, ...deviations].map((world) => ({ name: nameOf(world), world })))(
    'tell $name',
    async ({ world }) => {
      account = await Account.start(world)
      const only = matters.map((matter) => `--only ${matter}`).join(' ')
      const { code, report, stderr } = await account.live(`--yes --phone ${phone} --sms ${only}`)
      expect(report, stderr).toBeDefined()
      const ways = Object.fromEntries(report!.findings.map(({ matter, way, why }) => [matter, way ?? why]))
      const assumed = matters.map((matter) => [matter, unsettled[matter][0]])
      const wanted = { ...Object.fromEntries(assumed), ...world }
      for (const [matter, why] of Object.entries(untold(world))) wanted[matter] = expect.stringMatching(why)
      expect(ways, stderr).toEqual(wanted)
      expect([code, account.sandbox.inventory()]).toEqual([0, []])
    },
  )
})
