// The parameters: what the secrets never give away, and what the record refuses to be read as.
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { names } from '../../src/names.ts'
import { readMasterKey } from '../../src/resources/master-key.ts'
import { readProviderKey } from '../../src/resources/provider-key.ts'
import { listRecords, parseRecord, readRecordHave } from '../../src/resources/stage-record.ts'
import { StageFixture } from './stage-fixture.ts'

let stage: StageFixture
beforeEach(async () => {
  stage = await StageFixture.start({ pageSize: 2 })
})
afterEach(() => stage.close())

const giveKey = (sendzenApiKey: string | undefined) => {
  stage.inputs = { ...stage.inputs, secrets: { sendzenApiKey } }
}

describe('the secrets', () => {
  it('cannot be made without a key, and say how to give one', async () => {
    giveKey(undefined)
    await expect(stage.deploy()).rejects.toMatchObject({
      code: 'SENDZEN_KEY_MISSING',
      next: [expect.stringContaining('SENDZEN_API_KEY')],
    })
  })

  it('keep their key where nobody gives a new one', async () => {
    await stage.deploy()
    giveKey(undefined)
    expect((await stage.plan()).find((step) => step.id === 'provider-key')).toMatchObject({
      action: 'keep',
    })
  })

  it('take a new key, keep the master key, and show neither', async () => {
    await stage.deploy()
    const before = await readMasterKey(stage.aws)
    expect(Buffer.from(before!.otpMasterKey, 'base64url')).toHaveLength(32)
    const { sendzenApiKey } = (await readProviderKey(stage.aws))!
    giveKey('a-new-key-of-the-test')
    const plan = JSON.stringify(await stage.plan())
    for (const secret of ['a-new-key-of-the-test', sendzenApiKey, before!.otpMasterKey]) {
      expect(plan).not.toContain(secret)
    }
    await stage.deploy()
    expect(await readMasterKey(stage.aws)).toEqual(before)
    expect(await readProviderKey(stage.aws)).toEqual({ sendzenApiKey: 'a-new-key-of-the-test' })
  })

  it.each([
    ['master-key', names.masterKey('dev'), 'would lose the key'],
    ['provider-key', names.providerKey('dev'), 'would be lost'],
  ])('are not replaced when the content of the %s cannot be read', async (id, Name, why) => {
    await stage.deploy()
    await stage.aws.ssm.send(
      new PutParameterCommand({ Name, Value: 'broken', Type: 'SecureString', Overwrite: true }),
    )
    expect((await stage.plan()).find((step) => step.id === id)).toMatchObject({
      action: 'replace-refused',
      why: expect.stringContaining(why),
    })
  })
})

describe('the record', () => {
  it('says what was deployed, when, and with which settings, but nothing secret', async () => {
    const { refs } = await stage.deploy()
    const record = (await readRecordHave(stage.aws))?.record
    expect(record).toMatchObject({
      schemaVersion: 1,
      toolVersion: '1.2.3',
      stage: 'dev',
      account: stage.place.account,
      userPoolId: refs.userPoolId,
      loginClientId: refs.loginClientId,
      settings: stage.inputs.settings,
    })
    expect(JSON.stringify(record)).not.toContain(stage.inputs.secrets.sendzenApiKey)
    const created = record?.createdAt
    stage.change({ otpLength: 8 })
    await stage.deploy()
    expect((await readRecordHave(stage.aws))?.record.createdAt).toBe(created)
  })

  it('lists every stage, a broken one with the reason', async () => {
    await stage.deploy()
    for (const [name, Value] of Object.entries({ a: '{}', b: '[', zz: '"x"' })) {
      const Name = names.record(name)
      await stage.aws.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }))
    }
    const found = await listRecords(stage.aws)
    expect(found.map((one) => [one.stage, one.record?.stage ?? one.why !== undefined])).toEqual([
      ['a', true],
      ['b', true],
      ['dev', 'dev'],
      ['zz', true],
    ])
  })

  it('is refused by an older version of this tool', async () => {
    stage.inputs = { ...stage.inputs, version: '1.10.0' }
    await stage.deploy()
    stage.inputs = { ...stage.inputs, version: '1.9.3' }
    expect((await stage.plan()).find((step) => step.id === 'record')).toMatchObject({
      action: 'replace-refused',
      why: expect.stringContaining('1.10.0'),
    })
  })

  it('of a form that is not known yet says that a newer version is needed', () => {
    const text = JSON.stringify({ schemaVersion: 2, toolVersion: '3.0.0', anything: true })
    expect(() => parseRecord(text, 'dev')).toThrow(
      expect.objectContaining({ code: 'RECORD_TOO_NEW', why: expect.stringContaining('3.0.0') }),
    )
    expect(() => parseRecord('{"schemaVersion":1}', 'dev')).toThrow(
      expect.objectContaining({ code: 'RECORD_UNREADABLE' }),
    )
  })
})
