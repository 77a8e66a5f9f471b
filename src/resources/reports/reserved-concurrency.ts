// How many reports are taken at once: a part of the account's executions that the public function cannot exceed.
import {
  DeleteFunctionConcurrencyCommand,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda'
import type { Aws } from '../../aws/clients.ts'
import { ifFound, read as readError } from '../../aws/errors.ts'
import { change, type Danger, type Resource } from '../../engine/resource.ts'
import { arns, names, type Place, reportFunction } from '../../names.ts'
import { partOfFunction, patiently } from './part-of-function.ts'

interface Have {
  /** Undefined where the account's own limit counts alone. */
  reserved: number | undefined
  /** Whether the account has as many to spare. */
  hasRoom: boolean
}

/** A report takes tens of milliseconds: enough for hundreds a second. */
const wanted = 5
/** What Lambda keeps for all functions without a reservation. */
const mostUnreserved = 100

export function reservedConcurrency(place: Place): Resource<number, Have> {
  const FunctionName = names.function(place.stage, reportFunction)

  const reserve = async (aws: Aws): Promise<Have> => {
    const input = { FunctionName, ReservedConcurrentExecutions: wanted }
    try {
      await patiently(aws, 'its limit', () => aws.lambda.send(new PutFunctionConcurrencyCommand(input)))
      return { reserved: wanted, hasRoom: true }
    } catch (error) {
      // Others have reserved meanwhile: the stage works without, and its status says so.
      if (!/UnreservedConcurrentExecution/.test(readError(error).message)) throw error
      return { reserved: undefined, hasRoom: false }
    }
  }

  return {
    ...partOfFunction(place),
    kind: 'reserved-concurrency',
    id: `reserved-concurrency:${reportFunction}`,
    permissions: [
      {
        actions: ['lambda:PutFunctionConcurrency', 'lambda:GetFunctionConcurrency'],
        on: [arns.function(place, reportFunction)],
      },
      // AWS knows no resource for it.
      { actions: ['lambda:GetAccountSettings'], on: ['*'] },
    ],

    want: () => wanted,

    async read({ lambda }) {
      const found = await ifFound(lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })))
      const reserved = found?.ReservedConcurrentExecutions
      if (!found || reserved !== undefined) return found && { reserved, hasRoom: true }
      const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}))
      const left = AccountLimit?.UnreservedConcurrentExecutions ?? 0
      return { reserved, hasRoom: left - wanted >= mostUnreserved }
    },

    isOurs: () => true,
    // Another number is somebody's choice, and so is none where the account has no room.
    diff: (want, { reserved, hasRoom }) =>
      reserved === undefined && hasRoom ? change('reserved', reserved, want) : [],
    dangers: (have) => dangersOf(place, FunctionName, have),
    create: reserve,
    update: reserve,

    async remove({ lambda }) {
      await ifFound(lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName })))
    },
  }
}

/** None of them keeps a user from signing in. */
function dangersOf({ region }: Place, name: string, { reserved, hasRoom }: Have): Danger[] {
  if (reserved === 0) {
    return [
      {
        what: 'no delivery report is taken: its reserved concurrency is 0',
        why: 'Lambda runs the function for nobody',
        next: `aws lambda delete-function-concurrency --region ${region} --function-name ${name}`,
      },
    ]
  }
  if (reserved !== undefined || hasRoom) return []
  return [
    {
      what: 'nothing limits how many reports are taken at once',
      why: 'the account has too few concurrent executions to reserve some: whoever floods the public address takes them from the sign-ins',
      next: `aws service-quotas request-service-quota-increase --region ${region} --service-code lambda --quota-code L-B99A9384 --desired-value 1000`,
    },
  ]
}
