// What Lambda accepts as an event source mapping's settings, refused in Lambda's own words.

import { AwsFault } from '../account/aws-fault.ts'
import type { Queue, Role } from '../account/provided.ts'
import { flag, type Input, list, optionalNumber, optionalObject, optionalText } from '../protocol/fields.ts'
import { checkRange, constraint, type FunctionSettings, invalidParameter } from './function/settings.ts'

export interface MappingSettings {
  batchSize: number
  /** Seconds for which a batch may be gathered. */
  window: number
  isEnabled: boolean
  responseTypes: string[]
  maximumConcurrency: number | undefined
}

const offered = new Set([
  'UUID',
  'FunctionName',
  'EventSourceArn',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'Enabled',
  'FunctionResponseTypes',
  'ScalingConfig',
  'Tags',
])

const notOffered = (what: string) =>
  new AwsFault('NotImplemented', `The sandbox does not offer ${what} of event source mappings.`, 501)

/** Settings from a create, or from an update over what there was: omitted members are kept. */
export function readMapping(input: Input, old?: MappingSettings): MappingSettings {
  const further = Object.keys(input).find((member) => !offered.has(member))
  if (further !== undefined) throw notOffered(further)
  const scaling = optionalObject(input, 'ScalingConfig')
  const settings: MappingSettings = {
    batchSize: optionalNumber(input, 'BatchSize') ?? old?.batchSize ?? 10,
    window: optionalNumber(input, 'MaximumBatchingWindowInSeconds') ?? old?.window ?? 0,
    isEnabled: typeof input.Enabled === 'boolean' ? flag(input, 'Enabled') : (old?.isEnabled ?? true),
    // An empty list, and an empty structure, take away what there was.
    responseTypes: input.FunctionResponseTypes
      ? list(input, 'FunctionResponseTypes')
      : (old?.responseTypes ?? []),
    maximumConcurrency: scaling ? optionalNumber(scaling, 'MaximumConcurrency') : old?.maximumConcurrency,
  }
  const { batchSize, window, responseTypes, maximumConcurrency } = settings
  checkRange(batchSize, 'batchSize', [1, 10_000])
  checkRange(window, 'maximumBatchingWindowInSeconds', [0, 300])
  if (maximumConcurrency !== undefined) {
    checkRange(maximumConcurrency, 'scalingConfig.maximumConcurrency', [2, 1_000])
  }
  if (responseTypes.some((type) => type !== 'ReportBatchItemFailures')) {
    throw constraint(
      `[${responseTypes.join(', ')}]`,
      'functionResponseTypes',
      'satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]',
    )
  }
  if (batchSize > 10 && window === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    )
  }
  return settings
}

/** The ARN of the source, which has to be a queue's. */
export function readSource(input: Input): string {
  const arn = optionalText(input, 'EventSourceArn')
  if (!arn) throw invalidParameter('Unrecognized event source.')
  if (!/^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/.test(arn)) throw notOffered('other sources than queues')
  return arn
}

/** Everything that the role of a function must be allowed on a queue that feeds it. */
const needed = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes']

/** Refuses a queue that the function cannot be fed from. */
export function checkSource(
  queue: Queue | undefined,
  role: Role | undefined,
  arn: string,
  { timeout }: Pick<FunctionSettings, 'timeout'>,
): void {
  if (!role?.trusts('lambda.amazonaws.com')) {
    throw invalidParameter('The role defined for the function cannot be assumed by Lambda.')
  }
  const denied = needed.find((action) => !role.allows(`sqs:${action}`, arn))
  if (denied) {
    throw invalidParameter(`The provided execution role does not have permissions to call ${denied} on SQS`)
  }
  if (!queue) {
    throw invalidParameter(
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
    )
  }
  if (queue.visibilityTimeout < timeout) {
    throw invalidParameter(
      `Queue visibility timeout: ${queue.visibilityTimeout} seconds is less than Function timeout: ${timeout} seconds`,
    )
  }
}
