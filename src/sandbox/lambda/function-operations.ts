// The operations on functions themselves: their code, configuration and tags.

import { createHash, randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { requestTags } from '../account/condition.ts'
import type { World } from '../account/world.ts'
import {
  flag,
  type Input,
  optionalMap,
  optionalNumber,
  optionalObject,
  optionalText,
  page,
  text,
} from '../protocol/fields.ts'
import { at, type RestOperation } from '../protocol/rest.ts'
import type { Call } from '../protocol/service.ts'
import { checkZip, mostZipped } from './function/function-zip.ts'
import type { Code, LambdaFunction } from './function/record.ts'
import { checkFunctionName, invalidParameter, readArchitectures, readSettings } from './function/settings.ts'
import type { FunctionRunner } from './function-runner.ts'
import type { FunctionStore } from './functions.ts'
import { removeVersion } from './versions.ts'
import { functionPath, functionsPath, nameOf } from './wire.ts'

const configuration = `${functionPath}/configuration`

async function readCode(code: Input): Promise<Code> {
  const encoded = optionalText(code, 'ZipFile')
  if (!encoded) throw invalidParameter('Please provide a source for function code.')
  const zip = Buffer.from(encoded, 'base64')
  if (zip.length > mostZipped) {
    throw new AwsFault(
      'RequestEntityTooLargeException',
      `Request must be smaller than ${mostZipped} bytes`,
      413,
    )
  }
  await checkZip(zip)
  return { zip, sha256: createHash('sha256').update(zip).digest('base64') }
}

/** The operations on functions. */
export function functionOperations(
  world: World,
  store: FunctionStore,
  runner: FunctionRunner,
): Record<string, RestOperation> {
  function passRole(role: string, functionName: string, call: Call): void {
    call.authorize('iam:PassRole', role, {
      'iam:PassedToService': 'lambda.amazonaws.com',
      'iam:AssociatedResourceArn': store.arnOf(functionName),
    })
  }

  /** GetFunction shows the tags only to those who may list them, and succeeds without. */
  function tagsFor(fn: LambdaFunction, call: Call): object {
    if (Object.keys(fn.tags).length === 0) return {}
    try {
      call.authorize('lambda:ListTags', fn.arn)
      return { Tags: fn.tags }
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error
      return { TagsError: { ErrorCode: error.code, Message: error.message } }
    }
  }

  return {
    CreateFunction: at({ method: 'POST', path: functionsPath, status: 201 }, async (input, call) => {
      const name = nameOf(text(input, 'FunctionName'))
      const given = optionalMap(input, 'Tags') ?? {}
      call.authorize('lambda:CreateFunction', store.arnOf(name), requestTags(given))
      checkFunctionName(name)
      if (Object.keys(given).length > 0) {
        call.authorize('lambda:TagResource', store.arnOf(name), requestTags(given))
      }
      const settings = readSettings(input, name)
      passRole(settings.role, name, call)
      const code = await readCode(optionalObject(input, 'Code') ?? {})
      if (store.find(name)) {
        throw new AwsFault('ResourceConflictException', `Function already exist: ${name}`, 409)
      }
      const fn: LambdaFunction = {
        name,
        arn: store.arnOf(name),
        settings,
        code,
        published: [],
        lastVersion: 0,
        aliases: new Map(),
        qualified: new Map(),
        roleId: store.checkRole(settings),
        tags: { ...given },
        statements: [],
        countsFrom: new Map(),
        revision: randomUUID(),
        modifiedAt: world.now(),
        activeAt: world.now() + world.delays.functionPending,
        updatedAt: 0,
        goneAt: undefined,
        concurrency: undefined,
        url: undefined,
        trouble: undefined,
      }
      store.add(fn)
      return store.describe(fn, { state: 'Pending' })
    }),

    GetFunction: at({ method: 'GET', path: functionPath }, (input, call) => {
      const target = store.targetFor(input, call)
      const { fn } = target
      return {
        Configuration: store.describeTarget(target),
        Code: { RepositoryType: 'S3' },
        ...tagsFor(fn, call),
        Concurrency:
          fn.concurrency === undefined ? undefined : { ReservedConcurrentExecutions: fn.concurrency },
      }
    }),

    GetFunctionConfiguration: at({ method: 'GET', path: configuration }, (input, call) =>
      store.describeTarget(store.targetFor(input, call)),
    ),

    ListFunctions: at({ method: 'GET', path: functionsPath }, (input, call) => {
      call.authorize('lambda:ListFunctions', '*')
      const all = store.all()
      const size = Math.min(optionalNumber(input, 'MaxItems') ?? 50, world.pageSize)
      const { items, next } = page(all, optionalText(input, 'Marker'), size)
      return { Functions: items.map((fn) => store.describe(fn)), NextMarker: next }
    }),

    UpdateFunctionConfiguration: at({ method: 'PUT', path: configuration }, (input, call) => {
      const fn = store.functionFor(input, call)
      const settings = readSettings(input, fn.name, fn.settings)
      if (optionalText(input, 'Role')) passRole(settings.role, fn.name, call)
      store.settled(input, fn)
      const roleId = store.checkRole(settings)
      store.change(fn, { settings })
      fn.roleId = roleId
      store.heal(fn, input.Environment !== undefined)
      return store.describe(fn, { update: 'InProgress' })
    }),

    UpdateFunctionCode: at({ method: 'PUT', path: `${functionPath}/code` }, async (input, call) => {
      const fn = store.functionFor(input, call)
      const code = await readCode(input)
      store.settled(input, fn)
      const architectures = readArchitectures(input) ?? fn.settings.architectures
      if (flag(input, 'DryRun'))
        return { ...store.describe(fn), CodeSha256: code.sha256, CodeSize: code.zip.length }
      store.change(fn, { code, settings: { ...fn.settings, architectures } })
      store.heal(fn, false)
      return store.describe(fn, { update: 'InProgress' })
    }),

    DeleteFunction: at({ method: 'DELETE', path: functionPath, status: 204 }, (input, call) => {
      const { fn, qualifier } = store.targetFor(input, call)
      if (qualifier === undefined) {
        store.remove(fn)
        for (const { version } of fn.published) runner.discard(`${fn.arn}:${version}`)
        runner.discard(fn.arn)
        return {}
      }
      removeVersion(fn, qualifier)
      runner.discard(`${fn.arn}:${qualifier}`)
      return {}
    }),
  }
}
