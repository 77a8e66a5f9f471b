// What lets Lambda call the function that sends SMS for each message of the queue whose time has come.
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  FunctionResponseType,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import type { Aws } from '../../aws/clients.ts'
import { ifFound, isAlreadyThere, isFunctionBusy, isResourceBusy, isRoleNotReady } from '../../aws/errors.ts'
import { retryWhile, waitFor } from '../../aws/wait.ts'
import { finish } from '../../engine/refusal.ts'
import { change, type Danger, pickFields, type Resource } from '../../engine/resource.ts'
import { arns, names, type Place, smsFunction } from '../../names.ts'
import { onlyWithFallback } from '../../settings/parts.ts'

interface Want {
  batch: number
  /** How many at once: whoever makes many messages fail takes no more executions from the sign-ins. */
  atOnce: number
  /** One that could not be dealt with comes again alone. */
  partial: boolean
}

interface Have extends Partial<Want> {
  id: string
  isOn: boolean
}

/** An SMS takes a few hundred milliseconds: enough for some dozens a second. */
const wanted: Want = { batch: 5, atOnce: 5, partial: true }

const settingsOf = ({ batch, atOnce, partial }: Want) => ({
  BatchSize: batch,
  ScalingConfig: { MaximumConcurrency: atOnce },
  FunctionResponseTypes: partial ? [FunctionResponseType.ReportBatchItemFailures] : [],
})
const fieldNames = { BatchSize: 'batch', ScalingConfig: 'atOnce', FunctionResponseTypes: 'partial' } as const

const isPassing = (error: unknown) => [isRoleNotReady, isFunctionBusy, isResourceBusy].some((is) => is(error))

export function eventSource(place: Place): Resource<Want, Have> {
  const FunctionName = names.function(place.stage, smsFunction)
  const FunctionArn = arns.function(place, smsFunction)
  const EventSourceArn = arns.fallbackQueue(place)
  const ours = { StringEquals: { 'lambda:FunctionArn': FunctionArn } }
  const patience = ({ clock, signal }: Aws, what: string) => ({ clock, signal, capMs: 120_000, what })

  /**
   * By the queue alone: a function that is gone would be refused. And never by its id: of one that is gone AWS does not
   * know any more whose it was, and so refuses whoever may look at ours alone.
   */
  const find = async ({ lambda }: Aws): Promise<EventSourceMappingConfiguration | undefined> => {
    for await (const page of paginateListEventSourceMappings({ client: lambda }, { EventSourceArn })) {
      const own = page.EventSourceMappings?.find((one) => one.FunctionArn === FunctionArn)
      if (own) return own
    }
    return undefined
  }

  const read = async (aws: Aws): Promise<Have | undefined> => {
    const found = await find(aws)
    return found && found.State !== 'Deleting' ? haveOf(found) : undefined
  }

  const settled = (aws: Aws, what: string) =>
    waitFor(patience(aws, what), async () =>
      /^(Creat|Updat|Enabl|Disabl)ing$/.test((await find(aws))?.State ?? '') ? undefined : true,
    )

  const self: Resource<Want, Have> = {
    ...onlyWithFallback,
    kind: 'event-source',
    id: 'event-source',
    name: FunctionName,
    needs: [`function:${smsFunction}`, `role-policy:${smsFunction}`, 'fallback-queue'],
    removeAfter: [],
    partOf: `function:${smsFunction}`,
    permissions: [
      // Lambda names it when it is made: whose function it feeds is what tells ours.
      {
        actions: ['Create', 'Update', 'Delete'].map((verb) => `lambda:${verb}EventSourceMapping`),
        on: ['*'],
        when: ours,
      },
      // AWS knows no resource for it.
      { actions: ['lambda:ListEventSourceMappings'], on: ['*'] },
    ],

    want: () => wanted,
    read,
    isOurs: () => true,
    diff: (want, have) => [
      ...change('batch', have.batch, want.batch),
      ...change('atOnce', have.atOnce, want.atOnce),
      ...change('partial', have.partial, want.partial),
    ],
    dangers: (have) => dangersOf(place, have),

    async create(aws, want) {
      const input = { FunctionName, EventSourceArn, Enabled: true, ...settingsOf(want) }
      const options = patience(aws, `the role of ${FunctionName} to become usable`)
      try {
        const { UUID = '' } = await retryWhile(isPassing, options, () =>
          aws.lambda.send(new CreateEventSourceMappingCommand(input)),
        )
        await settled(aws, `${FunctionName} to be fed`)
        return { id: UUID, isOn: true, ...want }
      } catch (error) {
        const there = isAlreadyThere(error) ? await read(aws) : undefined
        if (!there) throw error
        return finish(self, aws, want, there)
      }
    },

    async update(aws, want, have, fields) {
      const input = { UUID: have.id, ...pickFields(settingsOf(want), fieldNames, fields) }
      const what = `what feeds ${FunctionName} to take an update`
      await retryWhile(isPassing, patience(aws, what), () =>
        aws.lambda.send(new UpdateEventSourceMappingCommand(input)),
      )
      await settled(aws, what)
      return { ...have, ...want }
    },

    async remove(aws, { id: UUID }) {
      const options = patience(aws, `what feeds ${FunctionName} to go`)
      await retryWhile(isPassing, options, () =>
        ifFound(aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID }))),
      )
      await waitFor(options, async () => ((await find(aws)) ? undefined : true))
    },
  }
  return self
}

function haveOf(mapping: EventSourceMappingConfiguration): Have {
  const { UUID = '', State = '', BatchSize, ScalingConfig, FunctionResponseTypes = [] } = mapping
  return {
    id: UUID,
    isOn: !/^Disabl/.test(State),
    ...(BatchSize === undefined ? {} : { batch: BatchSize }),
    ...(ScalingConfig?.MaximumConcurrency === undefined ? {} : { atOnce: ScalingConfig.MaximumConcurrency }),
    partial: FunctionResponseTypes.includes('ReportBatchItemFailures'),
  }
}

/** Nobody is kept from signing in by it. */
function dangersOf({ region }: Place, { id, isOn }: Have): Danger[] {
  if (isOn) return []
  return [
    {
      what: 'no SMS takes the place of a message that did not arrive: what feeds its function is switched off',
      why: 'somebody has disabled it: messages that fail later than at once stay failed',
      next: `aws lambda update-event-source-mapping --region ${region} --uuid ${id} --enabled`,
    },
  ]
}
