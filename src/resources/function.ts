// A trigger's Lambda function: its configuration, its variables, its code, and the order AWS wants them in.
import {
  type ApplicationLogLevel,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import {
  ifFound,
  isAlreadyThere,
  isConcurrentChange,
  isRoleNotReady,
  isUpdateInProgress,
} from '../aws/errors.ts'
import { retryWhile, waitFor } from '../aws/wait.ts'
import { arns, isOurs, names, type Place, type Trigger, tagsOf, triggerNames } from '../names.ts'
import { type Artifact, type Change, change, foreignError, type Resource } from '../stack/resource.ts'
import { clientsNeededBy, isKnownVariable, variablesOf } from './function-variables.ts'

interface Want {
  role: string
  memory: number
  logLevel: ApplicationLogLevel
  /** Undefined values are ids that are not known yet. */
  variables: Record<string, string | undefined>
  artifact: Artifact
  /** Undefined while the role is not made. */
  roleId: string | undefined
}

interface Have {
  configuration: FunctionConfiguration
  tags: Record<string, string>
}

/**
 * The hidden id of the role that the function was bound to. A role made again under the same name has another
 * one, and Lambda's grant for the variables still names the old one: the function dies without a log line.
 */
const roleTag = 'whatsapp-otp:role-id'

/**
 * Megabytes. Lambda gives CPU in proportion, and those that call other services make TLS handshakes within
 * Cognito's five seconds; the two others only compute.
 */
const memoryOf = (trigger: Trigger) => (['preSignUp', 'defineAuthChallenge'].includes(trigger) ? 256 : 512)

const runtime = 'nodejs24.x' as const
const architecture = 'arm64'
const handler = 'index.handler'
/** Seconds: Cognito gives up after five, so a longer run would help nobody. */
const timeout = 5
/** Updated with the code; everything else with the configuration. */
const codeFields = ['code', 'architecture']

export function lambdaFunction(place: Place, trigger: Trigger): Resource<Want, Have> {
  const name = names.function(place.stage, trigger)
  const target = { FunctionName: name }
  const sibling = triggerNames[(triggerNames.indexOf(trigger) + 1) % triggerNames.length]!

  const read = async ({ lambda }: Aws): Promise<Have | undefined> => {
    const found = await ifFound(lambda.send(new GetFunctionCommand(target)))
    if (!found?.Configuration || isGoing(found.Configuration)) return undefined
    return { configuration: found.Configuration, tags: found.Tags ?? {} }
  }

  const configurationOf = (want: Want, now: FunctionConfiguration) => ({
    Role: want.role,
    Runtime: runtime,
    Handler: handler,
    MemorySize: want.memory,
    Timeout: timeout,
    LoggingConfig: {
      ...now.LoggingConfig,
      LogFormat: 'JSON',
      ApplicationLogLevel: want.logLevel,
      LogGroup: names.logGroup(place.stage, trigger),
    } as const,
    Environment: { Variables: { ...othersVariables(now), ...known(want.variables) } },
  })

  /** Waits for an update under way, then writes against the revision that was read. */
  const write = (
    { lambda, clock, signal }: Aws,
    send: (now: FunctionConfiguration & { RevisionId: string }) => Promise<FunctionConfiguration>,
  ) => {
    const options = { clock, signal, capMs: 120_000, what: `${name} to take an update` }
    return retryWhile(isPassing, options, async () =>
      send(
        await waitFor(options, async () => {
          const now = await lambda.send(new GetFunctionConfigurationCommand(target))
          return isBusy(now) ? undefined : { ...now, RevisionId: now.RevisionId! }
        }),
      ),
    )
  }

  const configure = (aws: Aws, want: Want, role = want.role) =>
    write(aws, (now) =>
      aws.lambda.send(
        new UpdateFunctionConfigurationCommand({
          ...target,
          ...configurationOf(want, now),
          Role: role,
          RevisionId: now.RevisionId,
        }),
      ),
    )

  const update = async (aws: Aws, want: Want, have: Have): Promise<Have> => {
    const fields = diff(want, have).map((field) => field.field)
    const tags = { ...have.tags, ...tagsOf(place.stage), ...(want.roleId ? { [roleTag]: want.roleId } : {}) }
    let { configuration } = have
    // Only a change of the role makes Lambda ask for its grant again, hence to another one and back.
    if (fields.includes('roleId')) await configure(aws, want, arns.role(place, sibling))
    if (fields.some((field) => !codeFields.includes(field))) configuration = await configure(aws, want)
    if (fields.includes('roleId')) {
      await aws.lambda.send(new TagResourceCommand({ Resource: arns.function(place, trigger), Tags: tags }))
    }
    if (fields.some((field) => codeFields.includes(field))) {
      configuration = await write(aws, ({ RevisionId }) =>
        aws.lambda.send(
          new UpdateFunctionCodeCommand({
            ...target,
            ZipFile: want.artifact.zip,
            Architectures: [architecture],
            RevisionId,
          }),
        ),
      )
    }
    return { configuration, tags }
  }

  return {
    kind: 'function',
    id: `function:${trigger}`,
    name,
    needs: [
      `role:${trigger}`,
      // Borrowed for a moment when a function has to be bound to its role again.
      `role:${sibling}`,
      `log-group:${trigger}`,
      ...clientsNeededBy(trigger).map((kind) => `user-pool-client:${kind}`),
    ],
    // While the pool lives, its sign-ins would fail for want of the function.
    removeAfter: ['user-pool'],

    want: ({ settings, artifacts }, refs) => ({
      role: arns.role(place, trigger),
      memory: memoryOf(trigger),
      logLevel: settings.logLevel as ApplicationLogLevel,
      variables: variablesOf(place, trigger, settings, refs),
      artifact: artifacts[trigger],
      roleId: refs[`roleId:${trigger}`],
    }),

    read,
    isOurs: (have) => isOurs(place.stage, have.tags),
    diff,

    async create(aws, want) {
      const tags = { ...tagsOf(place.stage), ...(want.roleId ? { [roleTag]: want.roleId } : {}) }
      const { clock, signal } = aws
      const options = { clock, signal, capMs: 120_000, what: `the role of ${name} to become usable` }
      return retryWhile(isPassing, options, () =>
        // There is one already: ours from an earlier run, somebody else's, or one that is on its way out.
        waitFor({ ...options, what: `the old ${name} to go` }, async () => {
          try {
            const configuration = await aws.lambda.send(
              new CreateFunctionCommand({
                ...target,
                ...configurationOf(want, {}),
                Description: `whatsapp-otp: ${trigger} of stage ${place.stage}`,
                Architectures: [architecture],
                Code: { ZipFile: want.artifact.zip },
                Tags: tags,
              }),
            )
            return { configuration, tags }
          } catch (error) {
            if (!isAlreadyThere(error)) throw error
            const there = await read(aws)
            if (there && !isOurs(place.stage, there.tags)) throw foreignError('function', name)
            return there && update(aws, want, there)
          }
        }),
      )
    },

    update,

    async remove(aws) {
      const { lambda, clock, signal } = aws
      const options = { clock, signal, capMs: 120_000, what: `${name} to go` }
      await retryWhile(isUpdateInProgress, options, () =>
        ifFound(lambda.send(new DeleteFunctionCommand(target))),
      )
      await waitFor(options, async () =>
        (await ifFound(lambda.send(new GetFunctionConfigurationCommand(target)))) ? undefined : true,
      )
    },
  }
}

function diff(want: Want, { configuration: have, tags }: Have): Change[] {
  const variables = have.Environment?.Variables ?? {}
  return [
    ...change('runtime', have.Runtime, runtime),
    ...change('architecture', have.Architectures?.[0], architecture),
    ...change('handler', have.Handler, handler),
    ...change('memory', have.MemorySize, want.memory),
    ...change('timeout', have.Timeout, timeout),
    ...change('logFormat', have.LoggingConfig?.LogFormat, 'JSON'),
    ...change('logLevel', have.LoggingConfig?.ApplicationLogLevel, want.logLevel),
    ...change('role', have.Role, want.role),
    ...change('roleId', tags[roleTag], want.roleId),
    ...Object.entries(want.variables).flatMap(([key, value]) =>
      change(`environment.${key}`, variables[key], value),
    ),
    ...Object.keys(variables)
      .filter((key) => isKnownVariable(key) && !(key in want.variables))
      .map((key) => ({ field: `environment.${key}`, from: variables[key] })),
    ...change('code', have.CodeSha256, want.artifact.sha256),
  ]
}

/** Errors that pass by themselves: IAM's propagation, an update under way, somebody who was quicker. */
function isPassing(error: unknown): boolean {
  return isRoleNotReady(error) || isUpdateInProgress(error) || isConcurrentChange(error)
}

function isBusy({ State, LastUpdateStatus }: FunctionConfiguration): boolean {
  return State === 'Pending' || LastUpdateStatus === 'InProgress'
}

function isGoing({ State }: FunctionConfiguration): boolean {
  return (State as string | undefined) === 'Deleting'
}

/** Variables that somebody added by hand; an update replaces the whole map, so they are sent back. */
function othersVariables(now: FunctionConfiguration): Record<string, string> {
  const variables = Object.entries(now.Environment?.Variables ?? {})
  return Object.fromEntries(variables.filter(([key]) => !isKnownVariable(key)))
}

function known(variables: Record<string, string | undefined>): Record<string, string> {
  const unknown = Object.keys(variables).find((key) => variables[key] === undefined)
  if (unknown) throw new Error(`A function is played after what gives it ${unknown}`)
  return variables as Record<string, string>
}
