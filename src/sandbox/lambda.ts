// Lambda: functions with their states, code, resource policy and tags; running them is the runner's.

import { createHash, randomUUID } from 'node:crypto'
import { flag, type Input, list, optionalMap, optionalNumber, optionalText, page, text } from './fields.ts'
import { FunctionRunner } from './function-runner.ts'
import { openZip } from './function-zip.ts'
import { addStatement, mayInvoke, policyText, readStatement } from './lambda-policy.ts'
import type { InvokeOutput, LambdaService } from './lambda-rest.ts'
import {
  checkFunctionName,
  type FunctionSettings,
  invalidParameter,
  readArchitectures,
  readSettings,
} from './lambda-settings.ts'
import type { PolicyStatement } from './policy.ts'
import { AwsFault, type Call, type InvokeResult, type Operation, type World } from './world.ts'

interface Code {
  zip: Buffer
  sha256: string
}

interface LambdaFunction {
  name: string
  arn: string
  settings: FunctionSettings
  code: Code
  /** What runs while an update is under way. */
  before?: { settings: FunctionSettings; code: Code }
  /** The role's hidden id when the function last took the role: its grants are bound to it. */
  roleId: string
  tags: Record<string, string>
  statements: PolicyStatement[]
  revision: string
  modifiedAt: number
  activeAt: number
  updatedAt: number
  goneAt: number | undefined
  concurrency: number | undefined
}

const conflict = (message: string) => new AwsFault('ResourceConflictException', message, 409)
const notFound = (message: string) => new AwsFault('ResourceNotFoundException', message, 404)
const busy = 'The operation cannot be performed at this time.'

export function createLambda(world: World): LambdaService {
  const functions = new Map<string, LambdaFunction>()
  const runner = new FunctionRunner(world)

  const arnOf = (name: string) =>
    `arn:${world.partition}:lambda:${world.region}:${world.account}:function:${name}`
  /** A name, a partial ARN (`account:function:name`) or a whole one. */
  const nameOf = (given: string) => given.replace(/^.*:function:/, '').replace(/:\$LATEST$/, '')

  function find(name: string): LambdaFunction | undefined {
    const fn = functions.get(name)
    if (fn?.goneAt === undefined || fn.goneAt > world.now()) return fn
    functions.delete(name)
    return undefined
  }

  function functionFor(
    input: Input,
    call: Call,
    member = 'FunctionName',
    action = `lambda:${call.operation}`,
  ) {
    const name = nameOf(text(input, member))
    call.authorize(action, arnOf(name))
    const fn = find(name)
    if (!fn) throw notFound(`Function not found: ${arnOf(name)}`)
    return fn
  }

  const stateOf = (fn: LambdaFunction) =>
    fn.goneAt !== undefined ? 'Deleting' : world.now() < fn.activeAt ? 'Pending' : 'Active'
  const isUpdating = (fn: LambdaFunction) => world.now() < fn.updatedAt

  /** Guards everything that changes code or configuration, or takes the function away. */
  function settled(input: Input, fn: LambdaFunction): void {
    const state = stateOf(fn)
    if (state !== 'Active') {
      throw conflict(`${busy} The function is currently in the following state: ${state}`)
    }
    if (isUpdating(fn)) throw conflict(`${busy} An update is in progress for resource: ${fn.arn}`)
    checkRevision(input, fn)
  }

  function checkRevision(input: Input, fn: LambdaFunction): void {
    const expected = optionalText(input, 'RevisionId')
    if (expected && expected !== fn.revision) {
      throw new AwsFault(
        'PreconditionFailedException',
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        412,
      )
    }
  }

  /** The role must exist, trust Lambda and have reached it; with variables, the key's grant comes last. */
  function checkRole(settings: FunctionSettings): string {
    const role = world.findRole(settings.role)
    if (!role?.trusts('lambda.amazonaws.com') || role.usableIn > world.delays.roleUsable / 2) {
      throw invalidParameter('The role defined for the function cannot be assumed by Lambda.')
    }
    if (role.usableIn > 0 && Object.keys(settings.environment ?? {}).length > 0) {
      throw invalidParameter(
        'Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. Please check your KMS key settings. KMS Exception: InvalidArnException KMS Message: ARN does not refer to a valid principal',
      )
    }
    if (role.usableIn > 0) {
      throw invalidParameter('The role defined for the function cannot be assumed by Lambda.')
    }
    return role.id
  }

  function passRole(role: string, call: Call): void {
    call.authorize('iam:PassRole', role, { 'iam:PassedToService': 'lambda.amazonaws.com' })
  }

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
      throw invalidParameter(
        'Could not unzip uploaded file. Please check your file, then try to upload again.',
      )
    }
    return { zip, sha256: createHash('sha256').update(zip).digest('base64') }
  }

  function change(fn: LambdaFunction, to: { settings?: FunctionSettings; code?: Code }): void {
    fn.before = { settings: fn.settings, code: fn.code }
    fn.settings = to.settings ?? fn.settings
    fn.code = to.code ?? fn.code
    fn.revision = randomUUID()
    fn.modifiedAt = world.now()
    fn.updatedAt = world.now() + world.delays.functionPending
  }

  function describe(fn: LambdaFunction, now: { state?: 'Pending'; update?: 'InProgress' } = {}) {
    const { settings, code } = fn
    const state = now.state ?? stateOf(fn)
    return {
      FunctionName: fn.name,
      FunctionArn: fn.arn,
      Runtime: settings.runtime,
      Role: settings.role,
      Handler: settings.handler,
      CodeSize: code.zip.length,
      Description: settings.description,
      Timeout: settings.timeout,
      MemorySize: settings.memory,
      LastModified: new Date(fn.modifiedAt).toISOString().replace('Z', '+0000'),
      CodeSha256: code.sha256,
      Version: '$LATEST',
      Environment: settings.environment && { Variables: settings.environment },
      TracingConfig: { Mode: 'PassThrough' },
      RevisionId: fn.revision,
      State: state,
      ...(state === 'Pending' && {
        StateReason: 'The function is being created.',
        StateReasonCode: 'Creating',
      }),
      LastUpdateStatus: now.update ?? (isUpdating(fn) ? 'InProgress' : 'Successful'),
      PackageType: 'Zip',
      Architectures: settings.architectures,
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: settings.logging,
    }
  }

  /** Why Lambda would not run the function now, or the role it runs with. */
  function runnable(fn: LambdaFunction) {
    if (stateOf(fn) !== 'Active') {
      return conflict(`${busy} The function is currently in the following state: ${stateOf(fn)}`)
    }
    if (fn.concurrency === 0) return new AwsFault('TooManyRequestsException', 'Rate Exceeded.', 429)
    const { settings, code } = isUpdating(fn) && fn.before ? fn.before : fn
    const role = world.findRole(settings.role)
    if (role?.id !== fn.roleId && Object.keys(settings.environment ?? {}).length > 0) {
      return new AwsFault(
        'KMSAccessDeniedException',
        "Lambda was unable to decrypt the environment variables because KMS access was denied. Please check the function's KMS key settings. KMS Exception: UnrecognizedClientException KMS Message: The security token included in the request is invalid.",
        502,
      )
    }
    if (!role?.trusts('lambda.amazonaws.com')) {
      return new AwsFault(
        'AccessDeniedException',
        'The role defined for the function cannot be assumed by Lambda.',
        403,
      )
    }
    return {
      name: fn.name,
      arn: fn.arn,
      revision: `${fn.revision}/${code.sha256}`,
      zip: code.zip,
      settings,
      role,
    }
  }

  world.invoke = async (request): Promise<InvokeResult> => {
    const refuse = (fault: AwsFault): InvokeResult => ({
      kind: 'refused',
      code: fault.code,
      message: fault.message,
    })
    const fn = find(nameOf(request.functionArn))
    if (fn?.arn !== request.functionArn) return refuse(notFound(`Function not found: ${request.functionArn}`))
    if (!mayInvoke(fn.statements, request)) {
      return refuse(
        new AwsFault(
          'AccessDeniedException',
          `${request.principal} is not authorized to perform: lambda:InvokeFunction on resource: ${fn.arn} because no resource-based policy allows the lambda:InvokeFunction action`,
          403,
        ),
      )
    }
    const version = runnable(fn)
    if (version instanceof AwsFault) return refuse(version)
    // The caller stops waiting; the function goes on until its own timeout.
    const patience = new Promise<InvokeResult>((resolve) => {
      setTimeout(resolve, request.timeoutMs, { kind: 'timeout' }).unref()
    })
    const run = runner.invoke(version, JSON.stringify(request.payload)).then(({ outcome }): InvokeResult => {
      if (outcome.kind === 'answer') return { kind: 'answer', payload: JSON.parse(outcome.payload) }
      if (outcome.kind === 'timeout') return { kind: 'timeout' }
      return { kind: 'function-error', message: outcome.message, type: outcome.type }
    })
    return Promise.race([run, patience])
  }

  async function invoke(input: Input, call: Call): Promise<InvokeOutput> {
    const fn = functionFor(input, call, 'FunctionName', 'lambda:InvokeFunction')
    const payload = optionalText(input, 'Payload') || '{}'
    try {
      JSON.parse(payload)
    } catch {
      throw new AwsFault('InvalidRequestContentException', 'Could not parse request body into json.')
    }
    if (input.InvocationType === 'DryRun') return { StatusCode: 204 }
    const version = runnable(fn)
    if (version instanceof AwsFault) throw version
    const running = runner.invoke(version, payload)
    if (input.InvocationType === 'Event') return { StatusCode: 202 }
    const { outcome, logs, requestId } = await running
    const LogResult = Buffer.from(logs).subarray(-4096).toString('base64')
    const tail = input.LogType === 'Tail' ? { LogResult } : {}
    if (outcome.kind === 'answer') return { StatusCode: 200, Payload: outcome.payload, ...tail }
    const error =
      outcome.kind === 'timeout'
        ? {
            errorType: 'Sandbox.Timedout',
            errorMessage: `RequestId: ${requestId} Error: Task timed out after ${fn.settings.timeout.toFixed(2)} seconds`,
          }
        : { errorType: outcome.type, errorMessage: outcome.message, trace: outcome.trace }
    return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify(error), ...tail }
  }

  const operations: Record<string, Operation> = {
    async CreateFunction(input, call) {
      const name = nameOf(text(input, 'FunctionName'))
      call.authorize('lambda:CreateFunction', arnOf(name))
      checkFunctionName(name)
      const tags = optionalMap(input, 'Tags') ?? {}
      if (Object.keys(tags).length > 0) call.authorize('lambda:TagResource', arnOf(name))
      const settings = readSettings(input, name)
      passRole(settings.role, call)
      const code = await readCode((input.Code ?? {}) as Input)
      if (find(name)) throw conflict(`Function already exist: ${name}`)
      const fn: LambdaFunction = {
        name,
        arn: arnOf(name),
        settings,
        code,
        roleId: checkRole(settings),
        tags: { ...tags },
        statements: [],
        revision: randomUUID(),
        modifiedAt: world.now(),
        activeAt: world.now() + world.delays.functionPending,
        updatedAt: 0,
        goneAt: undefined,
        concurrency: undefined,
      }
      functions.set(name, fn)
      return describe(fn, { state: 'Pending' })
    },
    GetFunction(input, call) {
      const fn = functionFor(input, call)
      return {
        Configuration: describe(fn),
        Code: { RepositoryType: 'S3' },
        Tags: Object.keys(fn.tags).length > 0 ? fn.tags : undefined,
        Concurrency:
          fn.concurrency === undefined ? undefined : { ReservedConcurrentExecutions: fn.concurrency },
      }
    },
    GetFunctionConfiguration: (input, call) => describe(functionFor(input, call)),
    ListFunctions(input, call) {
      call.authorize('lambda:ListFunctions', '*')
      const all = [...functions.keys()]
        .sort()
        .map(find)
        .filter((fn) => fn !== undefined)
      const size = Math.min(optionalNumber(input, 'MaxItems') ?? 50, world.pageSize)
      const { items, next } = page(all, optionalText(input, 'Marker'), size)
      return { Functions: items.map((fn) => describe(fn)), NextMarker: next }
    },
    UpdateFunctionConfiguration(input, call) {
      const fn = functionFor(input, call)
      const settings = readSettings(input, fn.name, fn.settings)
      if (optionalText(input, 'Role')) passRole(settings.role, call)
      settled(input, fn)
      const roleId = checkRole(settings)
      change(fn, { settings })
      fn.roleId = roleId
      return describe(fn, { update: 'InProgress' })
    },
    async UpdateFunctionCode(input, call) {
      const fn = functionFor(input, call)
      const code = await readCode(input)
      settled(input, fn)
      const architectures = readArchitectures(input) ?? fn.settings.architectures
      if (flag(input, 'DryRun'))
        return { ...describe(fn), CodeSha256: code.sha256, CodeSize: code.zip.length }
      change(fn, { code, settings: { ...fn.settings, architectures } })
      return describe(fn, { update: 'InProgress' })
    },
    DeleteFunction(input, call) {
      const fn = functionFor(input, call)
      const state = stateOf(fn)
      if (state !== 'Active') {
        throw conflict(`${busy} The function is currently in the following state: ${state}`)
      }
      fn.goneAt = world.now() + world.delays.deletion
      runner.discard(fn.arn)
      return {}
    },
    AddPermission(input, call) {
      const fn = functionFor(input, call)
      const statement = readStatement(input, fn.arn)
      checkRevision(input, fn)
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
      checkRevision(input, fn)
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
    Invoke: invoke,
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
      const live = [...functions.keys()].map(find).filter((fn) => fn !== undefined)
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
    inventory: () => [...functions.keys()].filter(find).map((name) => ({ kind: 'function', name })),
    close: () => runner.close(),
  }
}
