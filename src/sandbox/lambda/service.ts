// Lambda: functions, their code, configuration, resource policy and tags.

import { createHash, randomUUID } from 'node:crypto'
import {
  flag,
  type Input,
  list,
  optionalMap,
  optionalNumber,
  optionalText,
  page,
  text,
} from '../account/fields.ts'
import { AwsFault, type Call, type Operation, type World } from '../account/world.ts'
import type { LambdaService } from '../protocol/rest.ts'
import { FunctionRunner } from './function-runner.ts'
import { openZip } from './function-zip.ts'
import { type Code, createFunctionStore, type LambdaFunction, nameOf } from './functions.ts'
import { invoke, serviceInvoke } from './invoke.ts'
import { addStatement, policyText, readStatement } from './policy.ts'
import { checkFunctionName, invalidParameter, readArchitectures, readSettings } from './settings.ts'

const conflict = (message: string) => new AwsFault('ResourceConflictException', message, 409)
const notFound = (message: string) => new AwsFault('ResourceNotFoundException', message, 404)

async function readCode(code: Input): Promise<Code> {
  const encoded = optionalText(code, 'ZipFile')
  if (!encoded) throw invalidParameter('Please provide a source for function code.')
  const zip = Buffer.from(encoded, 'base64')
  if (zip.length > 50 * 1024 * 1024) {
    throw new AwsFault('RequestEntityTooLargeException', 'Request must be smaller than 52428800 bytes', 413)
  }
  try {
    if ((await openZip(zip)).length === 0) throw new Error('empty')
  } catch {
    throw invalidParameter('Could not unzip uploaded file. Please check your file, then try to upload again.')
  }
  return { zip, sha256: createHash('sha256').update(zip).digest('base64') }
}

export function createLambda(world: World): LambdaService {
  const store = createFunctionStore(world)
  const runner = new FunctionRunner(world)
  world.invoke = serviceInvoke(store, runner)

  function functionFor(
    input: Input,
    call: Call,
    member = 'FunctionName',
    action = `lambda:${call.operation}`,
  ) {
    const name = nameOf(text(input, member))
    call.authorize(action, store.arnOf(name))
    const fn = store.find(name)
    if (!fn) throw notFound(`Function not found: ${store.arnOf(name)}`)
    return fn
  }

  function passRole(role: string, call: Call): void {
    call.authorize('iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' })
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

  const operations: Record<string, Operation> = {
    async CreateFunction(input, call) {
      const name = nameOf(text(input, 'FunctionName'))
      call.authorize('lambda:CreateFunction', store.arnOf(name))
      checkFunctionName(name)
      const tags = optionalMap(input, 'Tags') ?? {}
      if (Object.keys(tags).length > 0) call.authorize('lambda:TagResource', store.arnOf(name))
      const settings = readSettings(input, name)
      passRole(settings.role, call)
      const code = await readCode((input.Code ?? {}) as Input)
      if (store.find(name)) throw conflict(`Function already exist: ${name}`)
      const fn: LambdaFunction = {
        name,
        arn: store.arnOf(name),
        settings,
        code,
        roleId: store.checkRole(settings),
        tags: { ...tags },
        statements: [],
        revision: randomUUID(),
        modifiedAt: world.now(),
        activeAt: world.now() + world.delays.functionPending,
        updatedAt: 0,
        goneAt: undefined,
        concurrency: undefined,
      }
      store.add(fn)
      return store.describe(fn, { state: 'Pending' })
    },
    GetFunction(input, call) {
      const fn = functionFor(input, call)
      return {
        Configuration: store.describe(fn),
        Code: { RepositoryType: 'S3' },
        ...tagsFor(fn, call),
        Concurrency:
          fn.concurrency === undefined ? undefined : { ReservedConcurrentExecutions: fn.concurrency },
      }
    },
    GetFunctionConfiguration: (input, call) => store.describe(functionFor(input, call)),
    ListFunctions(input, call) {
      call.authorize('lambda:ListFunctions', '*')
      const all = store.all()
      const size = Math.min(optionalNumber(input, 'MaxItems') ?? 50, world.pageSize)
      const { items, next } = page(all, optionalText(input, 'Marker'), size)
      return { Functions: items.map((fn) => store.describe(fn)), NextMarker: next }
    },
    UpdateFunctionConfiguration(input, call) {
      const fn = functionFor(input, call)
      const settings = readSettings(input, fn.name, fn.settings)
      if (optionalText(input, 'Role')) passRole(settings.role, call)
      store.settled(input, fn)
      const roleId = store.checkRole(settings)
      store.change(fn, { settings })
      fn.roleId = roleId
      return store.describe(fn, { update: 'InProgress' })
    },
    async UpdateFunctionCode(input, call) {
      const fn = functionFor(input, call)
      const code = await readCode(input)
      store.settled(input, fn)
      const architectures = readArchitectures(input) ?? fn.settings.architectures
      if (flag(input, 'DryRun'))
        return { ...store.describe(fn), CodeSha256: code.sha256, CodeSize: code.zip.length }
      store.change(fn, { code, settings: { ...fn.settings, architectures } })
      return store.describe(fn, { update: 'InProgress' })
    },
    DeleteFunction(input, call) {
      const fn = functionFor(input, call)
      store.remove(fn)
      runner.discard(fn.arn)
      return {}
    },
    AddPermission(input, call) {
      const fn = functionFor(input, call)
      const statement = readStatement(input, fn.arn)
      store.checkRevision(input, fn)
      fn.statements = addStatement(fn.statements, statement)
      fn.revision = randomUUID()
      return { Statement: JSON.stringify(statement) }
    },
    RemovePermission(input, call) {
      const fn = functionFor(input, call)
      const id = text(input, 'StatementId')
      if (!fn.statements.some((s) => s.Sid === id)) {
        throw notFound(`Statement ${id} is not found in resource policy.`)
      }
      store.checkRevision(input, fn)
      fn.statements = fn.statements.filter((s) => s.Sid !== id)
      fn.revision = randomUUID()
      return {}
    },
    GetPolicy(input, call) {
      const fn = functionFor(input, call)
      if (fn.statements.length === 0) throw notFound('The resource you requested does not exist.')
      return { Policy: policyText(fn.statements), RevisionId: fn.revision }
    },
    ListTags: (input, call) => ({ Tags: functionFor(input, call, 'Resource').tags }),
    TagResource(input, call) {
      Object.assign(functionFor(input, call, 'Resource').tags, optionalMap(input, 'Tags'))
      return {}
    },
    UntagResource(input, call) {
      const { tags } = functionFor(input, call, 'Resource')
      for (const key of list(input, 'tagKeys')) delete tags[key]
      return {}
    },
    Invoke: (input, call) =>
      invoke(store, runner, functionFor(input, call, 'FunctionName', 'lambda:InvokeFunction'), input),
    PutFunctionConcurrency(input, call) {
      const fn = functionFor(input, call)
      const wanted = optionalNumber(input, 'ReservedConcurrentExecutions') ?? 0
      // A young account has ten executions and must keep them all unreserved.
      if (wanted > 0) {
        throw invalidParameter(
          "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [10].",
        )
      }
      fn.concurrency = wanted
      return { ReservedConcurrentExecutions: wanted }
    },
    GetFunctionConcurrency(input, call) {
      const { concurrency } = functionFor(input, call)
      return concurrency === undefined ? {} : { ReservedConcurrentExecutions: concurrency }
    },
    DeleteFunctionConcurrency(input, call) {
      functionFor(input, call).concurrency = undefined
      return {}
    },
    GetAccountSettings(_input, call) {
      call.authorize('lambda:GetAccountSettings', '*')
      const live = store.all()
      return {
        AccountLimit: {
          TotalCodeSize: 80_530_636_800,
          CodeSizeUnzipped: 262_144_000,
          CodeSizeZipped: 52_428_800,
          ConcurrentExecutions: 10,
          UnreservedConcurrentExecutions: 10,
        },
        AccountUsage: {
          TotalCodeSize: live.reduce((sum, fn) => sum + fn.code.zip.length, 0),
          FunctionCount: live.length,
        },
      }
    },
  }

  return {
    name: 'lambda',
    operations,
    inventory: () => store.all().map(({ name }) => ({ kind: 'function', name })),
    close: () => runner.close(),
  }
}
