// What befalls functions: packages that would grow too large, states that fail, keys that cannot be used,
// and more processes than there is room for.

import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvalidParameterValueException,
  InvokeCommand,
  RequestTooLargeException,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { FunctionFixture } from './function-fixture.ts'
import { zipOf } from './zip.ts'

let sandbox: OpenSandbox
let aws: FunctionFixture
beforeEach(async () => {
  sandbox = await startOpenSandbox()
  aws = new FunctionFixture(sandbox)
})
afterEach(() => sandbox.close())

const source = 'export const handler = async () => process.env.NAME ?? "ok"'
const FunctionName = 'f'
const configuration = () => aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
const update = (more: object) =>
  aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...more }))

/** Writes into the directory of a zip how large its only entry claims to be. */
function claiming(zip: Buffer, size: number): Buffer {
  const altered = Buffer.from(zip)
  const central = altered.indexOf(Buffer.from('PK\x01\x02', 'latin1'))
  altered.writeUInt32LE(size, central + 24)
  return altered
}

describe('a package', () => {
  it('that says it would unpack to more than 250 MB is refused before it is unpacked', async () => {
    const zip = claiming(zipOf({ 'index.mjs': source }, { store: false }), 262_144_001)
    const create = aws.create(FunctionName, source, { Code: { ZipFile: zip } })
    await expect(create).rejects.toThrow(InvalidParameterValueException)
    await expect(create).rejects.toThrow('Unzipped size must be smaller than 262144000 bytes')
  })

  it('that unpacks to more than it says is refused', async () => {
    const zip = claiming(zipOf({ 'index.mjs': source }, { store: false }), 3)
    const create = aws.create(FunctionName, source, { Code: { ZipFile: zip } })
    await expect(create).rejects.toThrow('Could not unzip uploaded file')
  })

  it('of more than 50 MB is refused', async () => {
    const create = aws.create(FunctionName, source, { Code: { ZipFile: Buffer.alloc(52_428_801) } })
    await expect(create).rejects.toThrow(/must be smaller than \d+ bytes/)
    await create.catch((error: { name: string }) =>
      expect([RequestTooLargeException.name, 'RequestEntityTooLargeException']).toContain(error.name),
    )
  })

  it('that cannot lie on a disk fails when it is to run, and the sandbox lives', async () => {
    const zip = zipOf({ a: 'a file', 'a/b': 'below a file', 'index.mjs': source })
    await aws.create(FunctionName, source, { Code: { ZipFile: zip } })
    for (const _time of [1, 2]) {
      await expect(aws.invoke(FunctionName)).rejects.toMatchObject({ name: 'InvalidZipFileException' })
    }
    await aws.create('sound', source)
    expect((await aws.invoke('sound')).result).toBe('ok')
  })
})

describe('a function that has failed', () => {
  const failed = { code: 'InternalError', reason: 'It broke by itself.' }

  it('says why, does not run, and is healed by an update', async () => {
    await aws.create(FunctionName, source)
    sandbox.inside.functions.trouble(FunctionName, { failed })
    expect(await configuration()).toMatchObject({
      State: 'Failed',
      StateReason: failed.reason,
      StateReasonCode: failed.code,
    })
    await expect(aws.invoke(FunctionName)).rejects.toThrow(/following state: Failed/)
    await update({ Timeout: 5 })
    expect((await configuration()).State).toBe('Active')
    expect((await aws.invoke(FunctionName)).result).toBe('ok')
  })

  it('can be deleted', async () => {
    await aws.create(FunctionName, source)
    sandbox.inside.functions.trouble(FunctionName, { failed })
    await aws.lambda.send(new DeleteFunctionCommand({ FunctionName }))
    await expect(configuration()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('in an update runs on as it was', async () => {
    await aws.create(FunctionName, source)
    sandbox.inside.functions.trouble(FunctionName, { update: failed })
    expect(await configuration()).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'Failed',
      LastUpdateStatusReason: failed.reason,
      LastUpdateStatusReasonCode: failed.code,
    })
    expect((await aws.invoke(FunctionName)).result).toBe('ok')
  })
})

describe('variables whose key cannot be used', () => {
  it('are replaced by the error, until an update gives all of them anew', async () => {
    const Variables = { NAME: 'secret' }
    await aws.create(FunctionName, source, { Environment: { Variables } })
    const environment = { code: 'KMSAccessDeniedException', message: 'The key is gone.' }
    sandbox.inside.functions.trouble(FunctionName, { environment })
    const shown = { ErrorCode: environment.code, Message: environment.message }
    expect((await configuration()).Environment).toEqual({ Error: shown })
    const { Configuration } = await aws.lambda.send(new GetFunctionCommand({ FunctionName }))
    expect(Configuration?.Environment).toEqual({ Error: shown })
    await expect(aws.invoke(FunctionName)).rejects.toMatchObject({ name: 'KMSAccessDeniedException' })
    await update({ Timeout: 5 })
    expect((await configuration()).Environment).toEqual({ Error: shown })
    await update({ Environment: { Variables } })
    expect((await configuration()).Environment).toEqual({ Variables })
    expect((await aws.invoke(FunctionName)).result).toBe('secret')
  })
})

describe('processes', () => {
  const pid = 'export const handler = () => process.pid'

  it('make room for new ones: the one that idles longest ends first', async () => {
    sandbox.inside.functions.limits.processes = 2
    const pids: Record<string, unknown> = {}
    for (const name of ['a', 'b', 'c']) {
      await aws.create(name, pid)
      pids[name] = (await aws.invoke(name)).result
    }
    expect(sandbox.inside.functions.processes()).toBe(2)
    expect((await aws.invoke('b')).result).toBe(pids.b)
    expect((await aws.invoke('a')).result).not.toBe(pids.a)
  })

  it('are refused where all are at work', async () => {
    sandbox.inside.functions.limits.processes = 1
    await aws.create('slow', 'export const handler = () => new Promise((r) => setTimeout(r, 3_000))', {
      Timeout: 5,
    })
    await aws.create('other', pid)
    const slow = aws.lambda.send(new InvokeCommand({ FunctionName: 'slow' }))
    await expect.poll(() => sandbox.inside.functions.processes()).toBe(1)
    await expect(aws.invoke('other')).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ConcurrentInvocationLimitExceeded',
    })
    await slow
    expect((await aws.invoke('other')).result).toBeTypeOf('number')
  })

  it('end when they have idled for long', async () => {
    sandbox.inside.functions.limits.idleMs = 50
    await aws.create(FunctionName, pid)
    await aws.invoke(FunctionName)
    await expect.poll(() => sandbox.inside.functions.processes()).toBe(0)
  })
})
