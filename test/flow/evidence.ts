// What a sign-in leaves behind: log lines and the table's items, and whether a secret got into either.
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import type { Aws } from '../../src/aws/clients.ts'
import type { MasterKeyDocument } from '../../src/core/master-key.ts'
import type { ProviderKeyDocument } from '../../src/core/provider-key.ts'
import { type FunctionName, names, type Trigger, triggerNames } from '../../src/names.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'
import type { App } from './app.ts'

/** The stage that is looked at. */
export interface Scene {
  aws: Pick<Aws, 'logs' | 'dynamodb' | 'place'>
  sandbox: Sandbox
  app: Pick<App, 'seen'>
  secrets(): Promise<MasterKeyDocument & ProviderKeyDocument>
}

/** A line that a trigger wrote: its event and its fields. */
export interface LogEntry {
  trigger: Trigger
  event: string
  [field: string]: unknown
}

export class Evidence {
  readonly #stage: Scene
  readonly #triggers: readonly Trigger[]
  /** Secrets beside those that the app has seen, as keys that were replaced. */
  readonly secrets = new Set<string>()

  /** `triggers` are the functions that the stage has. */
  constructor(stage: Scene, triggers: readonly Trigger[] = triggerNames) {
    this.#triggers = triggers
    this.#stage = stage
  }

  /** Every line of one function's log group, those of Lambda itself included. */
  async lines(trigger: FunctionName): Promise<string[]> {
    const { logs, place } = this.#stage.aws
    const logGroupName = names.logGroup(place.stage, trigger)
    const lines: string[] = []
    let nextToken: string | undefined
    do {
      const page = await logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }))
      lines.push(...(page.events ?? []).map((event) => event.message ?? ''))
      nextToken = page.nextToken
    } while (nextToken)
    return lines
  }

  /** What the triggers logged, those of one user's number if it is named by its key in the table. */
  async entries(...of: Trigger[]): Promise<LogEntry[]> {
    const triggers = of.length > 0 ? of : this.#triggers
    const all = await Promise.all(
      triggers.map(async (trigger) =>
        (await this.lines(trigger)).map((line) => ({ trigger, ...JSON.parse(line) }) as LogEntry),
      ),
    )
    return all.flat().filter((entry) => entry.event)
  }

  /** The table's items by key, each as JSON. */
  async items(): Promise<Map<string, string>> {
    const { dynamodb, place } = this.#stage.aws
    const found = await dynamodb.send(
      new ScanCommand({ TableName: names.table(place.stage), ConsistentRead: true }),
    )
    if (found.LastEvaluatedKey) throw new Error('The table has more than one page')
    return new Map((found.Items ?? []).map((item) => [item.pk?.S ?? '', JSON.stringify(item)]))
  }

  /** Where a code, key, token, session or whole number stands in a log or in the table; empty when nowhere. */
  async leaks(): Promise<string[]> {
    const { sandbox, app } = this.#stage
    const { sendzenApiKey, otpMasterKey } = await this.#stage.secrets()
    const texts = sandbox.textMessages.map((sms) => /\d{6,15}/.exec(sms.message)?.[0] ?? '')
    const codes = new Set([...sandbox.inbox.list().map((message) => message.code), ...texts])
    const whole = [...app.seen, ...this.secrets, sendzenApiKey, otpMasterKey]
    const places: [string, string[]][] = await Promise.all(
      this.#triggers.map(
        async (trigger): Promise<[string, string[]]> => [trigger, await this.lines(trigger)],
      ),
    )
    places.push(['table', [...(await this.items()).values()]])
    if (codes.size === 0 || places.some(([, lines]) => lines.length === 0)) {
      throw new Error('Nothing to look for, or nowhere to look')
    }
    return places.flatMap(([place, lines]) =>
      lines
        .filter(
          (line) =>
            whole.some((secret) => line.includes(secret)) ||
            // A code is a word of its own: the same digits within an id or a time say nothing.
            (line.match(/(?<!\w)\d{6,15}(?!\w)/g) ?? []).some((word) => codes.has(word)),
        )
        .map((line) => `${place}: ${line}`),
    )
  }
}
