// The stage that `dev` makes for an app under development: as open as a developer needs it, unless the project says otherwise.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClients } from '../../src/aws/clients.ts'
import { signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { systemClock } from '../../src/clock.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import type { Sources } from '../../src/settings/sources.ts'
import { deployLocal } from '../../src/stage/local.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.close())

/** The stage of a project with this `.env` and whatsapp-otp.json; asks for a code for each number. */
async function codesIn(
  project: { env?: Record<string, string>; file?: Record<string, unknown> },
  phones: string[],
) {
  const { env = {}, file = {} } = project
  const given: Sources = { flags: {}, env, processEnv: {}, file, trusted: new Set() }
  const { ids } = await deployLocal(
    {
      given,
      env: sandbox.env(),
      region: sandbox.region,
      clock: systemClock,
      signal: new AbortController().signal,
    },
    { run: (_, work) => work(), warn() {} },
  )
  const { cognito } = createClients({ env: sandbox.env(), region: sandbox.region })
  const client = { clientId: ids.WHATSAPP_OTP_SIGNUP_CLIENT_ID! }
  for (const phone of phones) {
    await signUp(cognito, client, phone).catch(() => undefined)
    await startSignIn(cognito, client, phone)
  }
  return phones.map((phone) => sandbox.inbox.list(phone).length)
}

describe('the local stage', () => {
  it('sends to numbers of every country, and to many that differ in their last digits', async () => {
    const block = Array.from({ length: 12 }, (_, n) => `+49151123400${String(n).padStart(2, '0')}`)
    expect(new Set(await codesIn({}, ['+919812345678', '+15550100001', ...block]))).toEqual(new Set([1]))
  })

  it.each([
    ['.env', { env: { ALLOWED_COUNTRIES: 'DE' } }],
    ['whatsapp-otp.json', { file: { allowedCountries: ['DE'] } }],
  ])('goes by the countries of %s, where there are some', async (_, project) => {
    expect(await codesIn(project, ['+4915112345678', '+15550100001'])).toEqual([1, 0])
  })

  it('may send SMS to every country', async () => {
    await expect(codesIn({ env: { SMS_FALLBACK: 'true', DELIVERY_WEBHOOK: 'true' } }, [])).resolves.toEqual(
      [],
    )
  })
})
