// What stays the same from start to start of `dev`: the ids that an app has in its .env, keys, and what signs tokens.
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { Desk } from './program.ts'
import { keysOf, signIn } from './sign-in.ts'

const [desk, colleague] = [new Desk(), new Desk()]
afterAll(() => Promise.all([desk.clear(), colleague.clear()]))

/** Starts it on a machine, looks, and stops it. */
async function once<T>(on: Desk, look: (env: Record<string, string>) => T | Promise<T>): Promise<T> {
  const dev = await on.dev()
  try {
    return await look(dev.env)
  } finally {
    dev.kill('SIGTERM')
    await dev.ended
  }
}

const idsIn = (env: Record<string, string>) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => /^WHATSAPP_OTP_.*_ID$/.test(name)))
const exceptPort = (env: Record<string, string>) =>
  JSON.parse(JSON.stringify(env).replaceAll(env.AWS_ENDPOINT_URL!, 'http://sandbox'))

describe('from start to start', () => {
  it('all that dev prints is the same, and a token that a browser has kept still verifies', async () => {
    const first = await once(desk, async (env) => ({ env, ...(await signIn(env, '+15550100001')) }))
    const second = await once(desk, async (env) => ({ env, keys: await keysOf(env) }))
    expect(exceptPort(second.env)).toEqual(exceptPort(first.env))
    expect(Object.keys(idsIn(first.env))).toHaveLength(3)
    const keys = createLocalJWKSet({ keys: second.keys as never })
    await expect(jwtVerify(first.IdToken!, keys)).resolves.toBeDefined()
  })

  it('the keys lie where only their user reads them', async () => {
    const folder = join(desk.home, '.local', 'state', 'whatsapp-otp')
    expect(readdirSync(folder).sort()).toEqual(['dev-secret', 'dev-token-key.pem'])
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('another user has the same ids, and keys of his own', async () => {
    const [ours, theirs] = await Promise.all([once(desk, (env) => env), once(colleague, (env) => env)])
    expect(idsIn(theirs)).toEqual(idsIn(ours))
    expect(theirs.AWS_ACCESS_KEY_ID).not.toBe(ours.AWS_ACCESS_KEY_ID)
    expect(theirs.AWS_SECRET_ACCESS_KEY).not.toBe(ours.AWS_SECRET_ACCESS_KEY)
  })

  it('a file that is of no use is made anew, and one that cannot be kept stops nobody', async () => {
    const secret = join(colleague.home, '.local', 'state', 'whatsapp-otp', 'dev-secret')
    writeFileSync(secret, '')
    const keyOf = (env: Record<string, string>) => env.AWS_SECRET_ACCESS_KEY
    expect(await once(colleague, keyOf)).toBe(await once(colleague, keyOf))
    const nowhere = { XDG_STATE_HOME: join(colleague.home, 'nothing'), HOME: '' }
    writeFileSync(nowhere.XDG_STATE_HOME, 'a file, and no folder')
    const { code } = await colleague.run(['dev', '--empty', '--port', '0', '--exec', 'true'], nowhere)
    expect(code).toBe(0)
  })
})
