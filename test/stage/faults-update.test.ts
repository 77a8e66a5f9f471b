// Whatever call of an update breaks, and however: run again, every field is as wanted, as if nothing had been.
import { afterAll, describe, expect, it } from 'vitest'
import { drifts } from '../resources/by-hand.ts'
import { kinds, onSeveral, survive, total, unitsOf, wordsFor } from './faults.ts'
import { Runs } from './runs.ts'
import { makeBystanders, stateOf } from './state.ts'

/** Two sets of settings that differ in all that can be changed in place. */
const settings = [
  {
    OTP_EXPIRY_MINUTES: '5',
    OTP_LENGTH: '6',
    WHATSAPP_TEMPLATE_NAME: 'otp',
    WHATSAPP_LANG_CODE: 'en_US',
    ALLOWED_COUNTRIES: 'US',
    MAX_LOGIN_ATTEMPTS: '3',
    SMS_FALLBACK: 'false',
    USER_POOL_TIER: 'LITE',
    LOG_LEVEL: 'INFO',
    LOG_RETENTION_DAYS: '30',
    DELETION_PROTECTION: 'false',
    SENDZEN_API_KEY: 'a-key-of-the-test',
  },
  {
    OTP_EXPIRY_MINUTES: '9',
    OTP_LENGTH: '8',
    WHATSAPP_TEMPLATE_NAME: 'another',
    WHATSAPP_LANG_CODE: 'pt_BR,en_US',
    ALLOWED_COUNTRIES: 'US,BR',
    MAX_LOGIN_ATTEMPTS: '5',
    SMS_FALLBACK: 'true',
    USER_POOL_TIER: 'ESSENTIALS',
    LOG_LEVEL: 'DEBUG',
    LOG_RETENTION_DAYS: '7',
    DELETION_PROTECTION: 'true',
    SENDZEN_API_KEY: 'another-key-of-the-test',
  },
] as Record<string, string>[]

/** Changes by hand whatever can be, so that an update has every field to change. */
async function changeAll(runs: Runs): Promise<void> {
  const { observed } = await runs.plan()
  const { aws } = await runs.byHand()
  const { userPoolId = '', loginClientId = '' } = observed.refs
  const hand = {
    aws,
    poolId: userPoolId,
    clientId: loginClientId,
    advance: runs.sandbox.clock.advance,
  }
  for (const drift of Object.values(drifts)) await drift(hand)
}

const runs = await Runs.start({ pageSize: 20 })
await makeBystanders(runs)
await runs.deploy({ env: settings[0]! })
await changeAll(runs)
const calls = await runs.callsOf(() => runs.deploy({ env: settings[1]! }))
const expected = [undefined, await stateOf(runs, settings[1])]
await changeAll(runs)
await runs.deploy({ env: settings[0]! })
expected[0] = await stateOf(runs, settings[0])
await runs.close()

const tally = { survived: 0 }
afterAll(() => {
  process.stdout.write(
    `update: ${calls.length} calls, ${tally.survived} of ${total(calls)} faults survived\n`,
  )
  // The others did not come: those who wait ask now more, now less often.
  expect(tally.survived).toBeGreaterThan(total(calls) * 0.95)
})

describe.each(kinds)('an update of every field with %s', (kind) => {
  it('comes out as an undisturbed one, whichever call it is', { timeout: 240_000 }, async () => {
    await onSeveral(6, unitsOf(calls, kind), async (own) => {
      const look = await makeBystanders(own)
      const before = await look()
      await own.deploy({ env: settings[0]! })
      let which = 0
      return async ({ calls }) => {
        // The way back has not exactly the same calls: what does not come on the one comes on the other.
        for (let rest = calls, tries = 0; rest.length > 0 && tries < 4; tries++) {
          which = 1 - which
          const env = settings[which]!
          await changeAll(own)
          const words = `${kind} at ${rest.map(wordsFor).join(', ')}`
          rest = await survive(own, { kind, calls: rest }, tally, (options) =>
            own.deploy({ ...options, env }),
          )
          expect(await stateOf(own, env), words).toEqual(expected[which])
          expect(await look(), 'what belongs to others').toBe(before)
        }
      }
    })
  })
})
