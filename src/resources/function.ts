// A trigger's Lambda function: made, updated in the order that AWS wants, and removed.
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  TagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import {
  ifFound,
  isAlreadyThere,
  isFunctionBusy,
  isRefusedAsFailed,
  isRoleNotReady,
  isUpdateInProgress,
} from '../aws/errors.ts'
import { retryWhile, waitFor } from '../aws/wait.ts'
import { finish } from '../engine/refusal.ts'
import type { Resource } from '../engine/resource.ts'
import { arns, type FunctionName, isOurs, names, type Place, smsFunction, tagsOf } from '../names.ts'
import { wantedFor } from '../settings/parts.ts'
import {
  architecture,
  changedConfiguration,
  codeFields,
  dangersOfFunction,
  diffFunction,
  type FunctionHave,
  type FunctionWant,
  newConfiguration,
  pastRepair,
  roleTag,
  siblingOf,
  tagsUnreadable,
  wantedFunction,
} from './function-settings.ts'
import { clientsNeededBy, formerIn, placesNeededBy } from './function-variables.ts'

/** `isOfOthersPool`: Cognito calls it for the clients of others too, so that it has to know ours. */
export function lambdaFunction(
  place: Place,
  trigger: FunctionName,
  isOfOthersPool = false,
): Resource<FunctionWant, FunctionHave> {
  const name = names.function(place.stage, trigger)
  const target = { FunctionName: name }
  const sibling = siblingOf(trigger)

  const read = async ({ lambda }: Aws): Promise<FunctionHave | undefined> => {
    const found = await ifFound(lambda.send(new GetFunctionCommand(target)))
    if (!found?.Configuration || isGoing(found.Configuration)) return undefined
    // Lambda leaves the tags out instead of refusing, and without them it would look like somebody else's.
    if (found.TagsError) throw tagsUnreadable(name, found.TagsError.Message)
    return {
      configuration: found.Configuration,
      reserved: found.Concurrency?.ReservedConcurrentExecutions,
      tags: found.Tags ?? {},
    }
  }

  /** Writes against the revision that was read, once no other update is under way; else reads again. */
  const write = (
    { lambda, clock, signal }: Aws,
    read: FunctionConfiguration,
    send: (now: FunctionConfiguration) => Promise<FunctionConfiguration>,
  ) => {
    const options = { clock, signal, capMs: 120_000, what: `${name} to take an update` }
    let known: FunctionConfiguration | undefined = read
    return retryWhile(isPassing, options, async () => {
      const now = await waitFor(options, async () => {
        const seen = known ?? (await lambda.send(new GetFunctionConfigurationCommand(target)))
        known = undefined
        return isBusy(seen) ? undefined : seen
      })
      return send(now)
    })
  }

  const configure = (
    aws: Aws,
    read: FunctionConfiguration,
    changed: (now: FunctionConfiguration) => Partial<UpdateFunctionConfigurationCommandInput>,
  ) =>
    write(aws, read, (now) =>
      aws.lambda.send(
        new UpdateFunctionConfigurationCommand({ ...target, ...changed(now), RevisionId: now.RevisionId }),
      ),
    )

  const update = async (
    aws: Aws,
    want: FunctionWant,
    have: FunctionHave,
    fields: ReadonlySet<string>,
  ): Promise<FunctionHave> => {
    let { configuration, tags } = have
    const isBoundAgain = fields.has('roleId')
    const back = isBoundAgain ? { Role: configuration.Role } : {}
    // Only a change of the role makes Lambda ask for its grant again, hence to another one and back.
    if (isBoundAgain) {
      configuration = await configure(aws, configuration, () => ({ Role: arns.role(place, sibling) }))
    }
    if ([...fields].some((field) => !codeFields.includes(field))) {
      configuration = await configure(aws, configuration, (now) => ({
        ...back,
        ...changedConfiguration(want, now, fields),
      }))
    }
    if (isBoundAgain && want.roleId) {
      const Tags = { [roleTag]: want.roleId }
      await aws.lambda.send(new TagResourceCommand({ Resource: arns.function(place, trigger), Tags }))
      tags = { ...tags, ...Tags }
    }
    if (codeFields.some((field) => fields.has(field))) {
      configuration = await write(aws, configuration, ({ RevisionId, Architectures }) =>
        aws.lambda.send(
          new UpdateFunctionCodeCommand({
            ...target,
            ZipFile: want.artifact.zip,
            Architectures: fields.has('architecture') ? [architecture] : Architectures,
            RevisionId,
          }),
        ),
      ).catch((error) => {
        throw isRefusedAsFailed(error) ? pastRepair(place, name, have.configuration, error) : error
      })
    }
    return { ...have, configuration, tags }
  }

  const self: Resource<FunctionWant, FunctionHave> = {
    ...wantedFor(trigger),
    kind: 'function',
    id: `function:${trigger}`,
    name,
    needs: [
      `role:${trigger}`,
      // Borrowed for a moment when a function has to be bound to its role again.
      `role:${sibling}`,
      `log-group:${trigger}`,
      // Code that reads something else than before must not run before it is there and may be read.
      `role-policy:${trigger}`,
      ...placesNeededBy(trigger),
      ...clientsNeededBy(trigger, isOfOthersPool).map((kind) => `user-pool-client:${kind}`),
    ],
    wantsFrom: [`role:${trigger}`, 'secrets', ...placesNeededBy(trigger)],
    ...(trigger === scout ? {} : { makeAfter: [`function:${scout}`] }),
    // While the pool lives, its sign-ins would fail for want of the function; and what feeds it outlives it.
    removeAfter: [
      isOfOthersPool ? 'user-pool-triggers' : 'user-pool',
      ...(trigger === smsFunction ? ['event-source'] : []),
    ],
    permissions: [
      {
        actions: [
          'lambda:CreateFunction',
          'lambda:TagResource',
          'lambda:ListTags',
          'lambda:GetFunction',
          'lambda:GetFunctionConfiguration',
          'lambda:UpdateFunctionConfiguration',
          'lambda:UpdateFunctionCode',
          'lambda:DeleteFunction',
        ],
        on: [arns.function(place, trigger)],
      },
      { actions: ['iam:PassRole'], on: [arns.role(place, trigger)] },
      {
        never: true,
        actions: ['iam:PassRole'],
        on: [arns.roles(place)],
        when: { StringNotEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
      },
    ],

    want: (inputs, refs) => wantedFunction(place, trigger, inputs, refs),
    read,
    isOurs: (have) => isOurs(place.stage, have.tags),
    diff: diffFunction,
    dangers: (have) => dangersOfFunction(place, have),

    async create(aws, want) {
      const tags = { ...tagsOf(place.stage), ...(want.roleId ? { [roleTag]: want.roleId } : {}) }
      const { clock, signal } = aws
      const what = `the role of ${name} to become usable`
      // Each attempt uploads the code, and those of five stages at once must stay below 15 a second.
      const maxPauseMs = trigger === scout ? 300 : 2_000
      const options = { clock, signal, capMs: 120_000, maxPauseMs, what }
      return retryWhile(isPassing, options, () =>
        // There is one already: ours from an earlier run, somebody else's, or one that is on its way out.
        waitFor({ ...options, what: `the old ${name} to go` }, async () => {
          try {
            const configuration = await aws.lambda.send(
              new CreateFunctionCommand({
                ...target,
                ...newConfiguration(want),
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
            return there && finish(self, aws, want, there)
          }
        }),
      )
    },

    update,

    async adopt(aws, have) {
      const tags = { ...have.tags, ...tagsOf(place.stage) }
      await aws.lambda.send(new TagResourceCommand({ Resource: arns.function(place, trigger), Tags: tags }))
      return { ...have, tags }
    },

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

    refs: ({ configuration }) => ({
      [`functionArn:${trigger}`]: arns.function(place, trigger),
      [`former:${trigger}`]: formerIn(configuration),
    }),
  }
  return self
}

/** The smallest of those that every stage has: it is tried until its role is usable, and the others follow it. */
const scout: FunctionName = 'defineAuthChallenge'

/** Errors that pass by themselves: IAM's propagation, an update under way, somebody who was quicker. */
function isPassing(error: unknown): boolean {
  return isRoleNotReady(error) || isFunctionBusy(error)
}

function isBusy({ State, LastUpdateStatus }: FunctionConfiguration): boolean {
  return State === 'Pending' || LastUpdateStatus === 'InProgress'
}

function isGoing({ State }: FunctionConfiguration): boolean {
  return (State as string | undefined) === 'Deleting'
}
