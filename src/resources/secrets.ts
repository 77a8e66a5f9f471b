// Where older versions kept all secrets of a stage: below the path that lists stages. Moved by a deploy, then removed.
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import { ifFound } from '../aws/errors.ts'
import { waitFor } from '../aws/wait.ts'
import type { Resource } from '../engine/resource.ts'
import { arns, type FunctionName, functionNames, names, type Place } from '../names.ts'
import { type FormerSecrets, parseFormer } from './former-secrets.ts'
import { haveIn, type ParameterHave, type ReadTexts, readTexts, removeParameter } from './parameter.ts'

/** The functions that read it. */
const readers: readonly FunctionName[] = ['createAuthChallenge', 'verifyAuthChallenge']

export function secrets(
  place: Place,
  read: ReadTexts = readTexts,
): Resource<undefined, ParameterHave<FormerSecrets>> {
  const name = names.secrets(place.stage)
  const never = () => Promise.reject(new Error('No version makes or changes it any more'))

  return {
    kind: 'secrets',
    id: 'secrets',
    name,
    needs: [],
    isRetired: true,
    // What takes its place is in use once the functions have their new code, variables and permissions.
    removeAfter: [
      'master-key',
      'provider-key',
      ...readers.map((trigger) => `role-policy:${trigger}`),
      ...functionNames.map((trigger) => `function:${trigger}`),
    ],
    permissions: [
      {
        actions: ['ssm:GetParameters', 'ssm:ListTagsForResource', 'ssm:DeleteParameter'],
        on: [arns.parameter(place, name)],
      },
    ],

    want: () => undefined,

    read: async (aws) => haveIn(aws, await read(aws, [name]), name, parseFormer),

    isOurs: (have) => have.isOurs,
    diff: (_, { document }) => {
      const blocked =
        'its content cannot be read, and without it the key that codes are made with would be lost'
      return document ? [] : [{ field: 'content', blocked }]
    },
    create: never,
    update: never,

    async remove(aws) {
      await Promise.all(readers.map((trigger) => settled(aws, trigger)))
      await removeParameter(aws, name)
    },

    refs: () => ({ formerSecrets: name }),
  }
}

/** While an update is on its way, Lambda still invokes what was there before. */
async function settled({ lambda, clock, signal, place }: Aws, trigger: FunctionName): Promise<void> {
  const FunctionName = names.function(place.stage, trigger)
  const options = { clock, signal, capMs: 120_000, what: `${FunctionName} to take its update` }
  await waitFor(options, async () => {
    const found = await ifFound(lambda.send(new GetFunctionConfigurationCommand({ FunctionName })))
    return found?.LastUpdateStatus === 'InProgress' ? undefined : true
  })
}
