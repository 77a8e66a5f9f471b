// The keys of codes and provider: written by the deployer, opened by the functions, over the wire of both.
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sealCode, sealNumber, unsealCode, unsealNumber } from '../../src/core/keys.ts'
import {
  type MasterKeyDocument,
  newMasterKey,
  openMasterKey,
  parseMasterKey,
  withNewMasterKey,
} from '../../src/core/master-key.ts'
import { parseProviderKey } from '../../src/core/provider-key.ts'
import { SecretsError } from '../../src/core/secrets-document.ts'
import { isTestCode, testTagOf } from '../../src/core/test-numbers.ts'
import { names } from '../../src/names.ts'
import { noteFindings } from '../../src/resources/findings.ts'
import { changeMasterKey, readMasterKey } from '../../src/resources/master-key.ts'
import { providerKey, readProviderKey } from '../../src/resources/provider-key.ts'
import { createAws } from '../../triggers/outside/aws-call.ts'
import { systemClock as clock, deadlineIn } from '../../triggers/outside/clock.ts'
import { request as http } from '../../triggers/outside/http.ts'
import { createSecretsSource } from '../../triggers/outside/secrets.ts'
import { StageFixture } from '../resources/stage-fixture.ts'

const isRead = (id: string) => ['master-key', 'provider-key', 'findings'].includes(id)

let stage: StageFixture
beforeEach(async () => {
  stage = await StageFixture.start()
  await stage.deploy(isRead)
})
afterEach(() => stage.close())

/** What a function finds that has just started. */
const opened = () => {
  const aws = createAws({ http, clock, env: stage.sandbox.env() })
  const places = {
    masterKey: names.masterKey('dev'),
    findings: names.findings('dev'),
    providerKey: names.providerKey('dev'),
  }
  return createSecretsSource(aws, clock, places, ['sendzenApiKey']).get(deadlineIn(clock, 10_000))
}

it('of a new stage is opened by the functions', async () => {
  const { given, current, known } = await opened()
  expect(given.sendzenApiKey).toBe('key-of-the-test')
  expect(known).toEqual([current])
  expect(current.kid).toBe((await readMasterKey(stage.aws))?.kid)
})

it('with another key of the provider leaves the functions theirs', async () => {
  const before = await opened()
  stage.inputs = { ...stage.inputs, secrets: { sendzenApiKey: 'another-key' } }
  await stage.deploy(isRead)
  expect(await opened()).toEqual({ ...before, given: { sendzenApiKey: 'another-key' } })
})

it('with a new master key lets the functions open what the old one sealed, and find every counter', async () => {
  const before = await opened()
  const binding = { pool: 'pool', client: 'client', user: 'user', cid: 'cid' }
  const sealed = sealCode(before.current, binding, '012345')
  expect(await changeMasterKey(stage.aws, withNewMasterKey)).toBe(true)
  const after = await opened()
  expect(after.current.kid).not.toBe(before.current.kid)
  const old = after.known.find(({ kid }) => kid === before.current.kid)
  expect(unsealCode(old!, binding, sealed)).toBe('012345')
  expect(() => unsealCode(after.current, binding, sealed)).toThrow()
  expect(after.given.sendzenApiKey).toBe(before.given.sendzenApiKey)
  await changeMasterKey(stage.aws, withNewMasterKey)
  expect([after.idKey, (await opened()).idKey]).toEqual([before.idKey, before.idKey])
})

it('whose master key was renewed again and again opens what any of them sealed while it may be answered', () => {
  const minute = 60_000
  let document = newMasterKey()
  const first = document.kid
  const kids = () => openMasterKey(document).known.map(({ kid }) => kid)
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

it('keeps its test numbers when the master key is renewed, also where their keys hang on the old one', () => {
  const { idMasterKey: _, ...old } = newMasterKey()
  const { idKey } = openMasterKey(old)
  const tag = testTagOf(idKey, 'pool', 'number', '927451')
  const entry = { number: 'number', tag, length: 6, until: 1, phone: '+*********42' }
  let document: MasterKeyDocument = { ...old, testNumbers: [entry] }
  for (let nth = 0; nth < 3; nth++) document = withNewMasterKey(document, nth)
  const opened = openMasterKey(document)
  expect(opened.testNumbers).toEqual([entry])
  expect(isTestCode(opened.idKey, 'pool', opened.testNumbers[0]!, '927451')).toBe(true)
})

it('of an older version loses no counter, however often its master key is renewed', () => {
  const { idMasterKey: _, ...old } = newMasterKey()
  let document: MasterKeyDocument = old
  const { idKey } = openMasterKey(document)
  for (let nth = 0; nth < 3; nth++) document = withNewMasterKey(document, nth)
  expect(openMasterKey(document).idKey).toEqual(idKey)
})

it('opens what proven numbers were sealed with, however often its master key is renewed', () => {
  let document = newMasterKey()
  const sealed = sealNumber(openMasterKey(document).numberKey, 'purpose', '+12025550123')
  for (let nth = 0; nth < 3; nth++) document = withNewMasterKey(document, nth)
  expect(unsealNumber(openMasterKey(document).numberKey, 'purpose', sealed)).toBe('+12025550123')
})

it('of another stage opens no proven number', () => {
  const sealed = sealNumber(openMasterKey(newMasterKey()).numberKey, 'purpose', '+12025550123')
  expect(() => unsealNumber(openMasterKey(newMasterKey()).numberKey, 'purpose', sealed)).toThrow()
})

it.each([{}, 'text', [{}], [{ otpMasterKey: 'short', kid: 'k' }]])(
  'with older keys that are none (%j) is either opened without them or refused',
  (older) => {
    const document = { ...newMasterKey(), older } as unknown as MasterKeyDocument
    if (Array.isArray(older)) expect(() => openMasterKey(document)).toThrow(SecretsError)
    else expect(openMasterKey(document).known).toHaveLength(1)
  },
)

it('keeps members that this version does not know', async () => {
  const resource = providerKey(stage.place)
  const have = (await resource.read(stage.aws, {}))!
  const ofTomorrow = { kept: true }
  const document = { ...have.document!, ofTomorrow }
  await resource.update(
    stage.aws,
    { sendzenApiKey: 'another-key' },
    { ...have, document },
    new Set(['sendzenApiKey']),
  )
  expect(await readProviderKey(stage.aws)).toEqual({ ofTomorrow, sendzenApiKey: 'another-key' })
  expect(withNewMasterKey({ ...newMasterKey(), ofTomorrow }, 0)).toMatchObject({ ofTomorrow })
})

it('tells the functions what was found out, and nothing where it is missing or spoilt', async () => {
  expect((await opened()).findings).toEqual({})
  for (const standIn of ['stable', 'changing'] as const) {
    await noteFindings(stage.aws, { standIn })
    expect((await opened()).findings).toEqual({ standIn })
  }
  const Name = names.findings('dev')
  for (const Value of ['{"stage":"dev","standIn":"typed"}', '{"stage":"dev","standIn":7}', 'null', '{']) {
    await stage.aws.ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }))
    expect((await opened()).findings, Value).toEqual({})
  }
  await stage.aws.ssm.send(new DeleteParameterCommand({ Name }))
  expect((await opened()).findings).toEqual({})
  // Gone, it is not made again by whoever only adds to it: it would have no tags.
  await noteFindings(stage.aws, { standIn: 'stable' })
  expect((await opened()).findings).toEqual({})
})

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64url')

it.each([
  ['no JSON', 'hush', 'The secrets are not JSON.'],
  ['no object', '"hush"', 'The secrets hold no otpMasterKey.'],
  ['nothing', 'null', 'The secrets hold no otpMasterKey.'],
  ['no master key', { otpMasterKey: undefined }, 'The secrets hold no otpMasterKey.'],
  ['a short key', { otpMasterKey: 'hush' }, 'otpMasterKey in the secrets is not 32 bytes.'],
  ['no kid', { kid: '' }, 'The secrets hold no kid.'],
  [
    'a short previous key',
    { previous: { otpMasterKey: 'hush' } },
    'previous.otpMasterKey in the secrets is not 32 bytes.',
  ],
  ['no previous kid', { previous: { otpMasterKey: key(1) } }, 'The secrets hold no previous.kid.'],
  ['a short key of numbers', { idMasterKey: 'hush' }, 'idMasterKey in the secrets is not 32 bytes.'],
])('with %s is refused without a value in the words', (_, wrong, words) => {
  const good = { otpMasterKey: key(2), kid: 'hush' }
  const text = typeof wrong === 'string' ? wrong : JSON.stringify({ ...good, ...wrong })
  expect(() => openMasterKey(parseMasterKey(text))).toThrow(
    expect.objectContaining({ name: 'SecretsError', message: words }),
  )
})

it.each(['hush', '"hush"', '{"sendzenApiKey":7}', '{"sendzenApiKey":""}'])(
  'of the provider is refused without a value in the words: %s',
  (text) => {
    const refused = expect.objectContaining({
      name: 'SecretsError',
      message: expect.not.stringContaining('hush'),
    })
    expect(() => parseProviderKey(text, ['sendzenApiKey'])).toThrow(refused)
  },
)
