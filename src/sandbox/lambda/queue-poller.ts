// Feeds functions from queues: receives what is due, invokes with the rights of the function's role, and deletes.

import { AwsFault } from '../account/aws-fault.ts'
import type { Provided, Queue, QueueMessage, Role } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { failedItems } from './batch-failures.ts'
import type { EventSourceMapping, MappingStore } from './event-source-store.ts'
import type { LambdaFunction } from './function/record.ts'
import type { FunctionRunner } from './function-runner.ts'
import type { FunctionStore } from './functions.ts'
import { nameOf } from './wire.ts'

/** Real milliseconds between two looks at the queues: whoever moves the sandbox's clock need not tell. */
const lookEvery = 25
/** With how many batches at once Lambda begins, where a mapping does not say how many there may be. */
const usualConcurrency = 5

type Others = Pick<Provided, 'findQueue' | 'findRole'>

export class QueuePoller {
  readonly #world: World
  readonly #store: FunctionStore
  readonly #mappings: MappingStore
  readonly #runner: FunctionRunner
  readonly #others: Others
  /** The deliveries that run, with the mapping of each. */
  readonly #running = new Map<Promise<void>, EventSourceMapping>()
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(
    world: World,
    store: FunctionStore,
    mappings: MappingStore,
    runner: FunctionRunner,
    others: Others,
  ) {
    this.#world = world
    this.#store = store
    this.#mappings = mappings
    this.#runner = runner
    this.#others = others
  }

  /** Looks at the queues from now on, as long as there is a mapping; this keeps no process alive. */
  watch(): void {
    if (this.#isClosed) return
    this.#timer ??= setInterval(() => this.#look(), lookEvery).unref()
  }

  /** Waits until no message is due that can be delivered, and no delivery runs. */
  async settle(): Promise<void> {
    this.#look()
    while (this.#running.size > 0) {
      await Promise.all(this.#running.keys())
      this.#look()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#stop()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    if (this.#isClosed) return
    const mappings = this.#mappings.all()
    if (mappings.length === 0) this.#stop()
    for (const mapping of mappings) if (this.#mappings.isFeeding(mapping)) this.#feed(mapping)
  }

  /** Receives while there is something, and room for one more batch. A batch does not wait to become fuller. */
  #feed(mapping: EventSourceMapping): void {
    const fn = this.#store.find(nameOf(mapping.functionArn))
    const queue = this.#others.findQueue(mapping.sourceArn)
    if (!fn || !queue || !this.#roleOf(fn)?.allows('sqs:ReceiveMessage', queue.arn)) return
    const { batchSize, maximumConcurrency = usualConcurrency } = mapping.settings
    let batches = [...this.#running.values()].filter((one) => one === mapping).length
    while (batches++ < maximumConcurrency && queue.counts().visible > 0) {
      const delivery = this.#deliver(mapping, fn, queue, queue.receive(batchSize))
      this.#running.set(delivery, mapping)
      delivery.finally(() => this.#running.delete(delivery))
    }
  }

  #roleOf({ settings }: LambdaFunction): Role | undefined {
    const role = this.#others.findRole(settings.role)
    return role?.trusts('lambda.amazonaws.com') ? role : undefined
  }

  /** What is not deleted is seen again when the queue's visibility timeout is over. */
  async #deliver(
    mapping: EventSourceMapping,
    fn: LambdaFunction,
    queue: Queue,
    messages: QueueMessage[],
  ): Promise<void> {
    const answer = await this.#invoke(fn, { Records: messages.map((one) => this.#recordOf(one, queue)) })
    if (answer === undefined || !this.#roleOf(fn)?.allows('sqs:DeleteMessage', queue.arn)) return
    const ids = messages.map(({ messageId }) => messageId)
    const reports = mapping.settings.responseTypes.includes('ReportBatchItemFailures')
    const failed = reports ? failedItems(answer, ids) : []
    for (const { messageId, receiptHandle } of messages) {
      if (!failed.includes(messageId)) queue.delete(receiptHandle)
    }
  }

  /** The function's answer as it came; undefined when it failed, or was not run. */
  async #invoke(fn: LambdaFunction, event: object): Promise<string | undefined> {
    const version = this.#store.runnable({ fn, arn: fn.arn, published: undefined })
    if (version instanceof AwsFault) return undefined
    // Lambda that cannot run it, or the end of the sandbox, is for the messages as a function that fails.
    const run = await this.#runner.invoke(version, JSON.stringify(event)).catch(() => undefined)
    return run?.outcome.kind === 'answer' ? run.outcome.payload : undefined
  }

  #recordOf({ messageId, receiptHandle, body, attributes, md5OfBody }: QueueMessage, { arn }: Queue) {
    return {
      messageId,
      receiptHandle,
      body,
      attributes,
      messageAttributes: {},
      md5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: this.#world.region,
    }
  }
}
