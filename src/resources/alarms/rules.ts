// What the alarms of a stage watch, and from when on each is one: pure.
import type { EventName, narrowerMetrics } from '../../core/events.ts'
import { metricNamespace } from '../../core/log-line.ts'
import { names, type Place } from '../../names.ts'
import { functionsOf } from '../../settings/parts.ts'
import type { Settings } from '../../settings/schema.ts'

/** One of CloudWatch's metrics, as it is looked at. */
export interface Measure {
  id: string
  namespace: string
  name: string
  dimensions: Record<string, string>
  /** As in `Sum` or `p99`. */
  stat: string
}

export interface AlarmRule {
  /** What is so while it is in alarm, in a sentence. */
  says: string
  measures: Measure[]
  /** Over the ids of the measures; absent where the only measure is what counts. */
  expression?: string
  /** Seconds that one value stands for. */
  period: number
  /** Of the last so many values, so many have to be beyond the threshold. */
  of: { periods: number; datapoints: number }
  comparison: 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold'
  threshold: number
}

/** The settings that the alarms go by. */
export type Caps = Pick<Settings, 'poolSendsPerHour' | 'poolSendsPerDay' | 'deliveryWebhook' | 'smsFallback'>
type MetricName = EventName | keyof typeof narrowerMetrics | 'otp_delivered' | 'otp_read' | 'otp_undelivered'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** The functions count what they log; `stage` is the only dimension. */
function counted(place: Place, ...metrics: MetricName[]): Measure[] {
  return metrics.map((name) => ({
    id: name,
    namespace: metricNamespace,
    name,
    dimensions: { stage: place.stage },
    stat: 'Sum',
  }))
}

/** Whether the stage takes delivery reports and follows them with an SMS, which have functions of their own. */
export type Reports = Pick<Settings, 'deliveryWebhook' | 'smsFallback'>

/** The same metric of each function, as Lambda itself counts it. */
export function perFunction(place: Place, caps: Reports, name: string, stat: string): Measure[] {
  return functionsOf(caps).map((trigger, index) => ({
    id: `f${index + 1}`,
    namespace: 'AWS/Lambda',
    name,
    dimensions: { FunctionName: names.function(place.stage, trigger) },
    stat,
  }))
}

/** A metric without a value in the period counts as none. */
const none = (id: string) => `FILL(${id}, 0)`
const sum = (...ids: string[]) => ids.map(none).join(' + ')

const once = { periods: 1, datapoints: 1 }
const above = 'GreaterThanThreshold'
const atLeast = 'GreaterThanOrEqualToThreshold'

/** What went out in a period, against the cap of the stage for it. */
function use(place: Place, period: number, words: string, cap: number): AlarmRule {
  return {
    says: `80 % of the messages that the stage may send in ${words} have been sent`,
    measures: counted(place, 'otp_sent', 'otp_unknown'),
    expression: sum('otp_sent', 'otp_unknown'),
    period,
    of: once,
    comparison: atLeast,
    threshold: (80 * cap) / 100,
  }
}

const rules = {
  conversion: (place: Place) => ({
    says: 'Of at least 20 codes sent in 15 minutes, fewer than 30 % were entered: they do not arrive, or somebody has messages sent to numbers that are not his',
    measures: counted(place, 'otp_sent', 'otp_verified'),
    expression: `IF(${none('otp_sent')} >= 20, 100 * ${none('otp_verified')} / otp_sent, 100)`,
    period: 15 * minute,
    of: once,
    comparison: 'LessThanThreshold',
    threshold: 30,
  }),
  'failed-share': (place: Place) => ({
    says: 'More than 5 % of the messages of 15 minutes failed, three at least',
    measures: counted(place, 'otp_failed', 'otp_sent', 'otp_unknown'),
    expression: `IF(${none('otp_failed')} >= 3, 100 * otp_failed / (${sum('otp_failed', 'otp_sent', 'otp_unknown')}), 0)`,
    period: 15 * minute,
    of: once,
    comparison: above,
    threshold: 5,
  }),
  'key-refused': (place: Place) => ({
    says: 'The provider refuses the key: no message goes out until somebody acts',
    measures: counted(place, 'provider_refused'),
    period: 5 * minute,
    of: once,
    comparison: above,
    threshold: 0,
  }),
  'hour-cap': (place: Place, { poolSendsPerHour }: Caps) => use(place, hour, 'an hour', poolSendsPerHour),
  'day-cap': (place: Place, { poolSendsPerDay }: Caps) => use(place, day, 'a day', poolSendsPerDay),
  'cap-reached': (place: Place) => ({
    says: 'The stage has sent all the messages that it may: codes are held back',
    measures: counted(place, 'otp_capped'),
    period: 5 * minute,
    of: once,
    comparison: above,
    threshold: 0,
  }),
  'held-back': (place: Place) => ({
    says: 'In 15 minutes more messages were held back than sent, 20 at least: somebody tries many times',
    measures: counted(place, 'otp_suppressed', 'otp_sent', 'otp_unknown'),
    expression: `IF(${none('otp_suppressed')} >= 20, 100 * otp_suppressed / (${sum('otp_suppressed', 'otp_sent', 'otp_unknown')}), 0)`,
    period: 15 * minute,
    of: once,
    comparison: above,
    threshold: 50,
  }),
  lockouts: (place: Place) => ({
    says: 'Five or more sign-ins in 15 minutes met a number that is locked for wrong answers: somebody guesses codes',
    measures: counted(place, 'otp_locked'),
    period: 15 * minute,
    of: once,
    comparison: atLeast,
    threshold: 5,
  }),
  'store-errors': (place: Place) => ({
    says: 'The functions could not use their table or secrets three times in 5 minutes: such sign-ins are refused',
    measures: counted(place, 'otp_store_error'),
    period: 5 * minute,
    of: once,
    comparison: atLeast,
    threshold: 3,
  }),
  slow: (place: Place, caps: Caps) => ({
    says: 'A function takes more than 3.5 s in one of a hundred invocations, and Cognito waits for 5',
    measures: perFunction(place, caps, 'Duration', 'p99'),
    expression: acrossFunctions('MAX', caps),
    period: 5 * minute,
    of: { periods: 3, datapoints: 2 },
    comparison: above,
    threshold: 3_500,
  }),
  crashes: (place: Place, caps: Caps) => ({
    says: 'Invocations of the functions failed three times in 5 minutes: a defect, or a time-out',
    measures: perFunction(place, caps, 'Errors', 'Sum'),
    expression: acrossFunctions('SUM', caps),
    period: 5 * minute,
    of: once,
    comparison: atLeast,
    threshold: 3,
  }),
  throttles: (place: Place, caps: Caps) => ({
    says: 'Lambda refused to run a function: the account runs as many at once as it may',
    measures: perFunction(place, caps, 'Throttles', 'Sum'),
    expression: acrossFunctions('SUM', caps),
    period: 5 * minute,
    of: once,
    comparison: above,
    threshold: 0,
  }),
  'no-reports': (place: Place) => ({
    says: 'At least 20 messages were sent in an hour, and no delivery report came: the address or the secret at the provider is not that of the stage',
    measures: counted(place, 'otp_sent', 'otp_delivered', 'otp_read', 'otp_undelivered'),
    expression: `IF(${none('otp_sent')} >= 20, ${sum('otp_delivered', 'otp_read', 'otp_undelivered')}, 1)`,
    period: hour,
    of: once,
    comparison: 'LessThanThreshold',
    threshold: 1,
  }),
} as const satisfies Record<string, (place: Place, caps: Caps) => AlarmRule>

function acrossFunctions(how: 'MAX' | 'SUM', caps: Reports): string {
  return `${how}([${functionsOf(caps)
    .map((_, index) => none(`f${index + 1}`))
    .join(', ')}])`
}

export type AlarmKey = keyof typeof rules
export const alarmKeys = Object.keys(rules) as AlarmKey[]

/** Those of a stage with these settings: without reports their absence is none. */
export const alarmKeysOf = ({ deliveryWebhook }: Partial<Reports>): AlarmKey[] =>
  alarmKeys.filter((key) => key !== 'no-reports' || deliveryWebhook)

/** What the alarm of this key watches in a stage with these caps. */
export const ruleOf = (key: AlarmKey, place: Place, caps: Caps): AlarmRule => rules[key](place, caps)
