// The functions of the account: their states over time, and what may be done with them in each.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { type Context, tagContext } from '../account/condition.ts'
import type { Provided } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { type Input, optionalText, text } from '../protocol/fields.ts'
import type { Call } from '../protocol/service.ts'
import { described, describedVersion } from './function/description.ts'
import type { Code, LambdaFunction, Target } from './function/record.ts'
import { type FunctionSettings, invalidParameter } from './function/settings.ts'
import type { FunctionVersion } from './function-runner.ts'
import { type Reference, readReference, refuseElsewhere, tooMany } from './wire.ts'

const conflict = (message: string) => new AwsFault('ResourceConflictException', message, 409)
const busy = 'The operation cannot be performed at this time.'

/** How a call asks for what it names. */
interface Asking {
  member?: string
  action?: string
  context?: Context
  isQualified?: boolean
}

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

  const qualifiedArn = ({ name, qualifier }: Pick<Reference, 'name' | 'qualifier'>) =>
    qualifier === undefined ? arnOf(name) : `${arnOf(name)}:${qualifier}`

  /** What a reference means; undefined where there is no such function, version or alias. */
  function resolve({ name, qualifier }: Reference): Target | undefined {
    const fn = find(name)
    if (!fn) return undefined
    const arn = qualifiedArn({ name, qualifier })
    if (qualifier === undefined) return { fn, qualifier, arn, published: undefined, policy: fn }
    const alias = fn.aliases.get(qualifier)
    const published = fn.published.find(({ version }) => version === (alias?.version ?? qualifier))
    if (!published && alias?.version !== '$LATEST') return undefined
    const none = { statements: [], countsFrom: new Map() }
    const policy = fn.qualified.get(qualifier) ?? none
    fn.qualified.set(qualifier, policy)
    return { fn, qualifier, arn, published, policy }
  }

  /** What an ARN of this account and region means. */
  function resolveArn(arn: string): Target | undefined {
    const target = resolve(readReference(arn))
    return target && [target.arn, `${target.arn}:$LATEST`].includes(arn) ? target : undefined
  }

  /**
   * Authorises a call on what a member names by name or ARN, and `Qualifier` perhaps, and finds it. A call that
   * takes no qualifier finds nothing where one is given.
   */
  function targetFor(
    input: Input,
    call: Call,
    {
      member = 'FunctionName',
      action = `lambda:${call.operation}`,
      context,
      isQualified = true,
    }: Asking = {},
  ): Target {
    const given = isQualified ? optionalText(input, 'Qualifier') : undefined
    const reference = readReference(text(input, member), given)
    const arn = qualifiedArn(reference)
    refuseElsewhere(world, reference, { caller: call.caller.arn, action, arn: text(input, member) })
    call.authorize(action, arn, { ...tagContext(find(reference.name)?.tags), ...context })
    const target = resolve(reference)
    if (!target || (!isQualified && reference.qualifier !== undefined)) {
      throw new AwsFault('ResourceNotFoundException', `Function not found: ${arn}`, 404)
    }
    return target
  }

  /** The same, for calls on the function itself. */
  function functionFor(
    input: Input,
    call: Call,
    member?: string,
    action?: string,
    context?: Context,
  ): LambdaFunction {
    const asking = { ...(member && { member }), ...(action && { action }), ...(context && { context }) }
    return targetFor(input, call, { ...asking, isQualified: false }).fn
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
    return described(fn, {
      state: now.state ?? stateOf(fn),
      isUpdating: now.update !== undefined || isUpdating(fn),
    })
  }

  /** What a call names, as it is described: a version says by which name it was found. */
  const describeTarget = ({ fn, qualifier, published }: Target) =>
    published ? describedVersion(fn, published, qualifier) : describe(fn)

  /** Why Lambda would not run the function now, or the role it runs with. */
  function runnable({
    fn,
    arn,
    published,
  }: Pick<Target, 'fn' | 'arn' | 'published'>): FunctionVersion | AwsFault {
    if (stateOf(fn) !== 'Active') {
      return conflict(`${busy} The function is currently in the following state: ${stateOf(fn)}`)
    }
    if (fn.concurrency === 0) return tooMany('ReservedFunctionConcurrentInvocationLimitExceeded')
    const { environment } = fn.trouble ?? {}
    if (environment) return new AwsFault('KMSAccessDeniedException', environment.message, 502)
    const { settings, code } = published ?? (isUpdating(fn) && fn.before ? fn.before : fn)
    const role = findRole(settings.role)
    if (role?.id !== (published ?? fn).roleId && Object.keys(settings.environment ?? {}).length > 0) {
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
    const version = published?.version ?? '$LATEST'
    return {
      name: fn.name,
      version,
      arn: published ? `${fn.arn}:${version}` : fn.arn,
      invokedArn: arn,
      revision: `${(published ?? fn).revision}/${code.sha256}`,
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
    targetFor,
    resolveArn,
    describeTarget,
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
