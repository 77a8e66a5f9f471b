// The document of secrets: written by the deployer, opened by the functions, over the wire of both.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sealCode, unsealCode } from '../../src/core/keys.ts'
import {
  newSecrets,
  openSecrets,
  parseSecrets,
  type SecretsDocument,
  SecretsError,
  withNewMasterKey,
} from '../../src/core/secrets-document.ts'
import { names } from '../../src/names.ts'
import { readSecrets, renewMasterKey, secrets } from '../../src/resources/secrets.ts'
import { createAws } from '../../triggers/outside/aws-call.ts'
import { systemClock as clock, deadlineIn } from '../../triggers/outside/clock.ts'
import { request as http } from '../../triggers/outside/http.ts'
import { createSecretsSource } from '../../triggers/outside/secrets.ts'
import { StageFixture } from '../resources/stage-fixture.ts'

let stage: StageFixture
beforeEach(async () => {
  stage = await StageFixture.start()
  await stage.deploy((id) => id === 'secrets')
})
afterEach(() => stage.close())

/** What a function finds that has just started. */
const opened = () => {
  const aws = createAws({ http, clock, env: stage.sandbox.env() })
  return createSecretsSource(aws, clock, names.secrets('dev'), ['sendzenApiKey']).get(
    deadlineIn(clock, 10_000),
  )
}

it('of a new stage is opened by the functions', async () => {
  const { given, current, known } = await opened()
  expect(given.sendzenApiKey).toBe('key-of-the-test')
  expect(known).toEqual([current])
  expect(current.kid).toBe((await readSecrets(stage.aws))?.kid)
})

it('with another key of the provider leaves the functions theirs', async () => {
  const before = await opened()
  stage.inputs = { ...stage.inputs, secrets: { sendzenApiKey: 'another-key' } }
  await stage.deploy((id) => id === 'secrets')
  expect(await opened()).toEqual({ ...before, given: { sendzenApiKey: 'another-key' } })
})

it('with a new master key lets the functions open what the old one sealed, and find every counter', async () => {
  const before = await opened()
  const binding = { pool: 'pool', client: 'client', user: 'user', cid: 'cid' }
  const sealed = sealCode(before.current, binding, '012345')
  expect(await renewMasterKey(stage.aws)).toBe(true)
  const after = await opened()
  expect(after.current.kid).not.toBe(before.current.kid)
  const old = after.known.find(({ kid }) => kid === before.current.kid)
  expect(unsealCode(old!, binding, sealed)).toBe('012345')
  expect(() => unsealCode(after.current, binding, sealed)).toThrow()
  expect(after.given.sendzenApiKey).toBe(before.given.sendzenApiKey)
  await renewMasterKey(stage.aws)
  expect([after.idKey, (await opened()).idKey]).toEqual([before.idKey, before.idKey])
})

it('whose master key was renewed again and again opens what any of them sealed while it may be answered', () => {
  const minute = 60_000
  let document = newSecrets({ sendzenApiKey: 'key' })
  const first = document.kid
  const kids = () => openSecrets(document).known.map(({ kid }) => kid)
  for (let nth = 0; nth < 5; nth++) document = withNewMasterKey(document, nth * minute)
  expect([kids().length, kids().at(-1), new Set(kids()).size]).toEqual([6, first, 6])
  // The first became older at the second renewal, after one minute.
  document = withNewMasterKey(document, 31 * minute)
  expect(kids()).not.toContain(first)
  expect(kids()).toHaveLength(6)
  for (let nth = 0; nth < 20; nth++) document = withNewMasterKey(document, 31 * minute)
  expect(JSON.stringify(document).length).toBeLessThan(4096)
  expect(kids()).toHaveLength(12)
})

it('of an older version loses no counter, however often its master key is renewed', () => {
  const { idMasterKey: _, ...old } = newSecrets({ sendzenApiKey: 'key' })
  let document: SecretsDocument = old
  const { idKey } = openSecrets(document)
  for (let nth = 0; nth < 3; nth++) document = withNewMasterKey(document, nth)
  expect(openSecrets(document).idKey).toEqual(idKey)
})

it.each([{}, 'text', [{}], [{ otpMasterKey: 'short', kid: 'k' }]])(
  'with older keys that are none (%j) is either opened without them or refused',
  (older) => {
    const document = { ...newSecrets({ sendzenApiKey: 'key' }), older } as unknown as SecretsDocument
    if (Array.isArray(older)) expect(() => openSecrets(document)).toThrow(SecretsError)
    else expect(openSecrets(document).known).toHaveLength(1)
  },
)

it('keeps members that this version does not know', async () => {
  const resource = secrets(stage.place)
  const have = (await resource.read(stage.aws, {}))!
  const document = { ...have.document!, ofTomorrow: { kept: true } }
  await resource.update(
    stage.aws,
    { sendzenApiKey: 'another-key' },
    { ...have, document },
    new Set(['sendzenApiKey']),
  )
  await renewMasterKey(stage.aws)
  expect(await readSecrets(stage.aws)).toMatchObject({
    ofTomorrow: { kept: true },
    sendzenApiKey: 'another-key',
  })
})

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64url')

it.each([
  ['no JSON', 'hush', 'The secrets are not JSON.'],
  ['no object', '"hush"', 'The secrets hold no otpMasterKey.'],
  ['nothing', 'null', 'The secrets hold no otpMasterKey.'],
  ['no master key', { otpMasterKey: undefined }, 'The secrets hold no otpMasterKey.'],
  ['a short key', { otpMasterKey: 'hush' }, 'otpMasterKey in the secrets is not 32 bytes.'],
  ['no kid', { kid: '' }, 'The secrets hold no kid.'],
  ['no key of the provider', { sendzenApiKey: 7 }, 'The secrets hold no sendzenApiKey.'],
  [
    'a short previous key',
    { previous: { otpMasterKey: 'hush' } },
    'previous.otpMasterKey in the secrets is not 32 bytes.',
  ],
  ['no previous kid', { previous: { otpMasterKey: key(1) } }, 'The secrets hold no previous.kid.'],
  ['a short key of numbers', { idMasterKey: 'hush' }, 'idMasterKey in the secrets is not 32 bytes.'],
])('with %s is refused without a value in the words', (_, wrong, words) => {
  const good = { sendzenApiKey: 'hush', otpMasterKey: key(2), kid: 'hush' }
  const text = typeof wrong === 'string' ? wrong : JSON.stringify({ ...good, ...wrong })
  expect(() => openSecrets(parseSecrets(text, ['sendzenApiKey']))).toThrow(
    expect.objectContaining({ name: 'SecretsError', message: words }),
  )
})
