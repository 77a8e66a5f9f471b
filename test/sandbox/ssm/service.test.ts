// SSM parameters of the sandbox, through the real client.

import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
  SSMClient,
} from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

let sandbox: Sandbox
let ssm: SSMClient

beforeAll(async () => {
  sandbox = await startSandbox({ pageSize: 2 })
  ssm = new SSMClient(clientConfig(sandbox))
})
afterAll(() => sandbox.close())

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }))

describe('a parameter', () => {
  it('is overwritten only on request, and counts its versions', async () => {
    expect(await put('/p/version', 'one')).toMatchObject({ Version: 1 })
    await expect(put('/p/version', 'two')).rejects.toThrow(ParameterAlreadyExists)
    expect(await put('/p/version', 'two', { Overwrite: true })).toMatchObject({ Version: 2 })
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/p/version' }))
    expect(Parameter).toMatchObject({
      Value: 'two',
      Version: 2,
      ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/p/version',
    })
    expect(Parameter?.LastModifiedDate).toBeInstanceOf(Date)
  })

  it('that is secret shows its value only decrypted', async () => {
    await put('/p/secret', 'the key', { Type: 'SecureString' })
    const read = async (WithDecryption: boolean) =>
      (await ssm.send(new GetParameterCommand({ Name: '/p/secret', WithDecryption }))).Parameter?.Value
    expect(await read(true)).toBe('the key')
    expect(await read(false)).not.toContain('the key')
  })

  it('holds 4 KB and no more', async () => {
    await put('/p/large', 'x'.repeat(4096))
    await expect(put('/p/larger', 'x'.repeat(4097))).rejects.toThrow(/maximum parameter value of 4096/)
  })

  it('takes tags at creation or by themselves, never with Overwrite', async () => {
    const Tags = [{ Key: 'a', Value: '1' }]
    await put('/p/tags', 'v', { Tags })
    await expect(put('/p/tags', 'v', { Tags, Overwrite: true })).rejects.toThrow(
      "tags and overwrite can't be used together",
    )
    const resource = { ResourceType: 'Parameter' as const, ResourceId: '/p/tags' }
    await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'b', Value: '2' }] }))
    await ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['a'] }))
    await put('/p/tags', 'w', { Overwrite: true })
    const { TagList } = await ssm.send(new ListTagsForResourceCommand(resource))
    expect(TagList).toEqual([{ Key: 'b', Value: '2' }])
  })

  it('is gone after deletion', async () => {
    await put('/p/gone', 'v')
    await ssm.send(new DeleteParameterCommand({ Name: '/p/gone' }))
    const again = ssm.send(new DeleteParameterCommand({ Name: '/p/gone' }))
    await expect(again).rejects.toThrow(ParameterNotFound)
    const read = ssm.send(new GetParameterCommand({ Name: '/p/gone' }))
    await expect(read).rejects.toThrow(ParameterNotFound)
  })
})

describe('several parameters', () => {
  beforeAll(async () => {
    for (const name of ['/tree/a', '/tree/b', '/tree/c/d', '/treehouse']) await put(name, name)
  })

  it('below a path come in short pages, without the neighbours', async () => {
    const names: string[] = []
    let NextToken: string | undefined
    let pages = 0
    do {
      const page = await ssm.send(
        new GetParametersByPathCommand({ Path: '/tree', Recursive: true, NextToken }),
      )
      names.push(...(page.Parameters ?? []).map((parameter) => parameter.Name ?? ''))
      NextToken = page.NextToken
      pages += 1
    } while (NextToken)
    expect(names).toEqual(['/tree/a', '/tree/b', '/tree/c/d'])
    expect(pages).toBe(2)
  })

  it('are permitted by the path as it is sent, the slash at its end included', async () => {
    const Resource = 'arn:aws:ssm:us-east-1:123456789012:parameter/tree'
    sandbox.setCallerPolicy({ Statement: { Effect: 'Allow', Action: 'ssm:GetParametersByPath', Resource } })
    const read = (Path: string) => ssm.send(new GetParametersByPathCommand({ Path, Recursive: true }))
    try {
      expect((await read('/tree')).Parameters).toHaveLength(2)
      await expect(read('/tree/')).rejects.toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining(`${Resource}/ because`),
      })
    } finally {
      sandbox.setCallerPolicy(undefined)
    }
  })

  it('are permitted each by its own name when they are read together, ten at most', async () => {
    const at = 'arn:aws:ssm:us-east-1:123456789012:parameter/tree'
    sandbox.setCallerPolicy({
      Statement: { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: [`${at}/a`, `${at}/none`] },
    })
    const read = (...Names: string[]) => ssm.send(new GetParametersCommand({ Names, WithDecryption: true }))
    try {
      expect(await read('/tree/a', '/tree/none')).toMatchObject({
        Parameters: [{ Name: '/tree/a', Value: '/tree/a' }],
        InvalidParameters: ['/tree/none'],
      })
      await expect(read('/tree/a', '/tree/b')).rejects.toMatchObject({ name: 'AccessDeniedException' })
    } finally {
      sandbox.setCallerPolicy(undefined)
    }
    const many = Array.from({ length: 11 }, (_, index) => `/tree/${index}`)
    await expect(read(...many)).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('are read, described and deleted together; unknown names are told', async () => {
    const read = await ssm.send(new GetParametersCommand({ Names: ['/tree/a', '/none'] }))
    expect(read.Parameters).toHaveLength(1)
    expect(read.InvalidParameters).toEqual(['/none'])
    const ParameterFilters = [{ Key: 'Name', Option: 'BeginsWith', Values: ['/tree/'] }]
    const described = await ssm.send(new DescribeParametersCommand({ ParameterFilters }))
    expect(described.Parameters?.[0]).toMatchObject({ Name: '/tree/a', Type: 'String' })
    const deleted = await ssm.send(new DeleteParametersCommand({ Names: ['/tree/a', '/none'] }))
    expect(deleted).toMatchObject({ DeletedParameters: ['/tree/a'], InvalidParameters: ['/none'] })
  })
})
