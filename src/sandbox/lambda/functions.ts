// The functions of the account: their states over time, and what may be done with them in each.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { type Context, tagContext } from '../account/condition.ts'
import type { PolicyStatement } from '../account/policy.ts'
import type { Provided } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { type Input, optionalText, text } from '../protocol/fields.ts'
import type { Call } from '../protocol/service.ts'
import type { FunctionVersion } from './function-runner.ts'
import type { FunctionTrouble } from './inside.ts'
import { type FunctionSettings, invalidParameter } from './settings.ts'
import { tooMany } from './wire.ts'

export interface Code {
  zip: Buffer
  sha256: string
}

/** A function's own address. */
export interface FunctionUrl {
  id: string
  authType: 'NONE' | 'AWS_IAM'
  madeAt: number
}

export interface LambdaFunction {
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
  /** From when on a statement counts, by its id. */
  countsFrom: Map<string, number>
  revision: string
  modifiedAt: number
  activeAt: number
  updatedAt: number
  goneAt: number | undefined
  concurrency: number | undefined
  url: FunctionUrl | undefined
  trouble: FunctionTrouble | undefined
}

const conflict = (message: string) => new AwsFault('ResourceConflictException', message, 409)
const busy = 'The operation cannot be performed at this time.'

/** A name, a partial ARN (`account:function:name`) or a whole one, as its name. */
export const nameOf = (given: string) => given.replace(/^.*:function:/, '').replace(/:\$LATEST$/, '')

export type FunctionStore = ReturnType<typeof createFunctionStore>

export function createFunctionStore(world: World, { findRole }: Pick<Provided, 'findRole'>) {
  const functions = new Map<string, LambdaFunction>()

  const arnOf = (name: string) =>
    `arn:${world.partition}:lambda:${world.region}:${world.account}:function:${name}`

  function find(name: string): LambdaFunction | undefined {
    const fn = functions.get(name)
    if (fn?.goneAt === undefined || fn.goneAt > world.now()) return fn
    functions.delete(name)
    return undefined
  }

  /** Authorises a call on the function that a member names by name or ARN, and finds it. */
  function functionFor(
    input: Input,
    call: Call,
    member = 'FunctionName',
    action = `lambda:${call.operation}`,
    context?: Context,
  ): LambdaFunction {
    const name = nameOf(text(input, member))
    const fn = find(name)
    call.authorize(action, arnOf(name), { ...tagContext(fn?.tags), ...context })
    if (!fn) throw new AwsFault('ResourceNotFoundException', `Function not found: ${arnOf(name)}`, 404)
    return fn
  }

  /** Every function that still exists, by name. */
  function all(): LambdaFunction[] {
    return [...functions.keys()]
      .sort()
      .map(find)
      .filter((fn) => fn !== undefined)
  }

  function stateOf(fn: LambdaFunction): 'Deleting' | 'Pending' | 'Failed' | 'Active' {
    if (fn.goneAt !== undefined) return 'Deleting'
    if (world.now() < fn.activeAt) return 'Pending'
    return fn.trouble?.failed ? 'Failed' : 'Active'
  }
  const isUpdating = (fn: LambdaFunction) => world.now() < fn.updatedAt

  /** What has failed can be changed and deleted, which is the way out. */
  function refuseUnlessMade(fn: LambdaFunction): void {
    const state = stateOf(fn)
    if (state === 'Active' || state === 'Failed') return
    throw conflict(`${busy} The function is currently in the following state: ${state}`)
  }

  /** Guards everything that changes code or configuration. */
  function settled(input: Input, fn: LambdaFunction): void {
    refuseUnlessMade(fn)
    if (isUpdating(fn)) throw conflict(`${busy} An update is in progress for resource: ${fn.arn}`)
    checkRevision(input, fn)
  }

  /** Deletion takes time, and an update under way does not stop it. */
  function remove(fn: LambdaFunction): void {
    refuseUnlessMade(fn)
    fn.goneAt = world.now() + world.delays.deletion
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
    const role = findRole(settings.role)
    const hasVariables = Object.keys(settings.environment ?? {}).length > 0
    const isAtGrant = hasVariables && role && role.usableIn <= world.delays.roleUsable / 2
    if (!role?.trusts('lambda.amazonaws.com') || (role.usableIn > 0 && !isAtGrant)) {
      throw invalidParameter('The role defined for the function cannot be assumed by Lambda.')
    }
    if (role.usableIn > 0) {
      throw invalidParameter(
        'Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant. Please check your KMS key settings. KMS Exception: InvalidArnException KMS Message: ARN does not refer to a valid principal',
      )
    }
    return role.id
  }

  function change(fn: LambdaFunction, to: { settings?: FunctionSettings; code?: Code }): void {
    fn.before = { settings: fn.settings, code: fn.code }
    fn.settings = to.settings ?? fn.settings
    fn.code = to.code ?? fn.code
    fn.revision = randomUUID()
    fn.modifiedAt = world.now()
    fn.updatedAt = world.now() + world.delays.functionPending
  }

  function heal(fn: LambdaFunction, hasVariables: boolean): void {
    const environment = hasVariables ? undefined : fn.trouble?.environment
    fn.trouble = environment && { environment }
  }

  function describe(fn: LambdaFunction, now: { state?: 'Pending'; update?: 'InProgress' } = {}) {
    const { settings, code, trouble } = fn
    const state = now.state ?? stateOf(fn)
    const { failed, update, environment } = trouble ?? {}
    const lastUpdate = now.update ?? (isUpdating(fn) ? 'InProgress' : update ? 'Failed' : 'Successful')
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
      Environment: environment
        ? { Error: { ErrorCode: environment.code, Message: environment.message } }
        : settings.environment && { Variables: settings.environment },
      TracingConfig: { Mode: 'PassThrough' },
      RevisionId: fn.revision,
      State: state,
      ...(state === 'Pending' && {
        StateReason: 'The function is being created.',
        StateReasonCode: 'Creating',
      }),
      ...(state === 'Failed' && { StateReason: failed?.reason, StateReasonCode: failed?.code }),
      LastUpdateStatus: lastUpdate,
      ...(lastUpdate === 'Failed' && {
        LastUpdateStatusReason: update?.reason,
        LastUpdateStatusReasonCode: update?.code,
      }),
      PackageType: 'Zip',
      Architectures: settings.architectures,
      EphemeralStorage: { Size: 512 },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: settings.logging,
    }
  }

  /** Why Lambda would not run the function now, or the role it runs with. */
  function runnable(fn: LambdaFunction): FunctionVersion | AwsFault {
    if (stateOf(fn) !== 'Active') {
      return conflict(`${busy} The function is currently in the following state: ${stateOf(fn)}`)
    }
    if (fn.concurrency === 0) return tooMany('ReservedFunctionConcurrentInvocationLimitExceeded')
    const { environment } = fn.trouble ?? {}
    if (environment) return new AwsFault('KMSAccessDeniedException', environment.message, 502)
    const { settings, code } = isUpdating(fn) && fn.before ? fn.before : fn
    const role = findRole(settings.role)
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

  return {
    add: (fn: LambdaFunction) => functions.set(fn.name, fn),
    all,
    arnOf,
    functionFor,
    change,
    checkRevision,
    checkRole,
    describe,
    find,
    heal,
    runnable,
    remove,
    settled,
  }
}
