// The public address of the function that takes delivery reports, and the two statements that open it to everybody.
import {
  AddPermissionCommand,
  type AddPermissionCommandInput,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  RemovePermissionCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda'
import type { Aws } from '../../aws/clients.ts'
import { ifFound, isAlreadyThere, read as readError } from '../../aws/errors.ts'
import { type Change, change, type Resource } from '../../engine/resource.ts'
import { arns, names, type Place, reportFunction } from '../../names.ts'
import {
  dangerOf,
  type Other,
  otherOf,
  principalsOf,
  type Statement,
  statementsIn,
} from '../function-statements.ts'
import { partOfFunction, patiently } from './part-of-function.ts'

interface Have {
  url: string | undefined
  authType: string | undefined
  /** What our statements say, by their ids; undefined for one that is not there. */
  statements: Record<string, string | undefined>
  others: Other[]
}

/** Whoever calls proves himself by the signature over the report: SendZen cannot sign requests as AWS wants it. */
const authType = 'NONE' as const

/**
 * Both are needed: by its newest rules Lambda asks for the right to call the address and for the right to run the
 * function by way of it.
 */
const openings: { id: string; says: string; input: Partial<AddPermissionCommandInput> }[] = [
  {
    id: names.urlPermissions.url,
    says: 'Allow * lambda:InvokeFunctionUrl lambda:FunctionUrlAuthType=NONE',
    input: { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: authType },
  },
  {
    id: names.urlPermissions.invoke,
    says: 'Allow * lambda:InvokeFunction lambda:InvokedViaFunctionUrl=true',
    input: { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  },
]

const fieldOf = (id: string) => `statement.${id}`

export function functionUrl(place: Place): Resource<undefined, Have> {
  const FunctionName = names.function(place.stage, reportFunction)
  const on = [arns.function(place, reportFunction)]

  const removeStatement = (aws: Aws, StatementId: string) =>
    patiently(aws, 'its address', () =>
      ifFound(aws.lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }))),
    )

  async function addStatement(aws: Aws, { id, input }: (typeof openings)[number]): Promise<void> {
    const statement = { Action: '', ...input, FunctionName, StatementId: id, Principal: '*' }
    try {
      await patiently(aws, 'its address', () => aws.lambda.send(new AddPermissionCommand(statement)))
    } catch (error) {
      if (!isAlreadyThere(error)) throw error
    }
  }

  /** Makes the address, or finds the one that is there. */
  async function makeUrl(aws: Aws): Promise<string | undefined> {
    const config = { FunctionName, AuthType: authType }
    try {
      const made = await patiently(aws, 'its address', () =>
        aws.lambda.send(new CreateFunctionUrlConfigCommand(config)),
      )
      return made.FunctionUrl
    } catch (error) {
      if (!isUrlThere(error)) throw error
      return (await aws.lambda.send(new UpdateFunctionUrlConfigCommand(config))).FunctionUrl
    }
  }

  const self: Resource<undefined, Have> = {
    ...partOfFunction(place),
    kind: 'function-url',
    id: `function-url:${reportFunction}`,
    permissions: [
      {
        actions: [
          'lambda:CreateFunctionUrlConfig',
          'lambda:GetFunctionUrlConfig',
          'lambda:UpdateFunctionUrlConfig',
          'lambda:GetPolicy',
          'lambda:AddPermission',
          'lambda:RemovePermission',
        ],
        on,
      },
    ],

    want: () => undefined,

    async read({ lambda }) {
      const [config, policy] = await Promise.all([
        ifFound(lambda.send(new GetFunctionUrlConfigCommand({ FunctionName }))),
        ifFound(lambda.send(new GetPolicyCommand({ FunctionName }))),
      ])
      const all = statementsIn(policy?.Policy)
      if (!config && all.length === 0) return undefined
      const isOurs = ({ Sid }: Statement) => openings.some(({ id }) => id === Sid)
      return {
        url: config?.FunctionUrl,
        authType: config?.AuthType,
        statements: Object.fromEntries(all.filter(isOurs).map((one) => [one.Sid, wordsOf(one)])),
        others: all.filter((one) => !isOurs(one)).map(otherOf),
      }
    },

    isOurs: () => true,
    diff: (_, { authType: has, statements }): Change[] => [
      ...change('authType', has, authType),
      ...openings.flatMap(({ id, says }) => change(fieldOf(id), statements[id], says)),
    ],
    dangers: ({ others }) => others.map((other) => dangerOf(place, FunctionName, other)),

    async create(aws) {
      const url = await makeUrl(aws)
      for (const opening of openings) await addStatement(aws, opening)
      return { url, authType, statements: allOpen, others: [] }
    },

    async update(aws, _, have, fields) {
      const now = { ...have, statements: { ...have.statements } }
      if (fields.has('authType')) {
        now.url = await makeUrl(aws)
        now.authType = authType
      }
      for (const opening of openings) {
        if (!fields.has(fieldOf(opening.id))) continue
        // A statement cannot be changed.
        if (have.statements[opening.id]) await removeStatement(aws, opening.id)
        await addStatement(aws, opening)
        now.statements[opening.id] = opening.says
      }
      return now
    },

    async remove(aws) {
      for (const { id } of openings) await removeStatement(aws, id)
      await ifFound(aws.lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName })))
    },

    refs: ({ url }) => ({ reportUrl: url }),
  }
  return self
}

/** In words of its own: nothing was made twice. */
const isUrlThere = (error: unknown) => /FunctionUrlConfig exists/.test(readError(error).message)

const allOpen = Object.fromEntries(openings.map(({ id, says }) => [id, says]))

/** As in `openings`: who may do what under which conditions. */
function wordsOf({ Effect, Principal, Action, Condition = {} }: Statement): string {
  const conditions = Object.values(Condition).flatMap((keys) => Object.entries(keys ?? {}))
  return [
    Effect,
    principalsOf(Principal).join(','),
    Action,
    ...conditions.map(([key, value]) => `${key}=${value}`),
  ].join(' ')
}

/** Where the provider has to post reports; undefined while there is no such address. */
export async function readReportUrl(aws: Aws): Promise<string | undefined> {
  return (await functionUrl(aws.place).read(aws, {}))?.url
}
