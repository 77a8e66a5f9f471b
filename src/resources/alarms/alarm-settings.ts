// The settings of an alarm: as a rule wants them, as CloudWatch has them, and what differs.
import type { MetricAlarm, MetricDataQuery, PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch'
import { type Change, change } from '../../engine/resource.ts'
import { arns, type Place } from '../../names.ts'
import { alarmEmailOf, foreignTopicOf } from '../../settings/alarms.ts'
import type { Settings } from '../../settings/schema.ts'
import type { AlarmRule, Measure } from './rules.ts'

/** What of an alarm is ours; the names are the fields of a plan. */
export interface AlarmWant {
  says: string
  metrics: MetricDataQuery[]
  comparison: string | undefined
  threshold: number | undefined
  periods: number | undefined
  datapoints: number | undefined
  missingData: string
  /** Topics that hear when it begins. */
  tells: string[]
  /** Those that hear when it ends. */
  tellsEnd: string[]
}

export interface AlarmHave extends AlarmWant {
  /** Somebody may have switched its actions off for a while, or told others of missing data: theirs. */
  tellsAnybody: boolean
  insufficientDataActions: string[]
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  /** Epoch milliseconds since when. */
  since: number
  isOurs: boolean
}

/** A plan names each member as it is called here. */
export const fieldOf: Record<keyof AlarmWant, string> = {
  says: 'says',
  metrics: 'metrics',
  comparison: 'comparison',
  threshold: 'threshold',
  periods: 'periods',
  datapoints: 'datapoints',
  missingData: 'missingData',
  tells: 'tells',
  tellsEnd: 'tellsEnd',
}

export function wantOf(rule: AlarmRule, settings: Settings, place: Place): AlarmWant {
  const topic = foreignTopicOf(settings) ?? (alarmEmailOf(settings) && arns.alarmTopic(place))
  return {
    says: rule.says,
    metrics: queriesOf(rule),
    comparison: rule.comparison,
    threshold: rule.threshold,
    periods: rule.of.periods,
    datapoints: rule.of.datapoints,
    // A stage that nobody uses at the moment is fine.
    missingData: 'notBreaching',
    tells: topic ? [topic] : [],
    tellsEnd: topic ? [topic] : [],
  }
}

/** The expression alone is what counts, where there is one. */
function queriesOf({ measures, expression, period }: AlarmRule): MetricDataQuery[] {
  const metrics = measures.map((measure) => ({
    Id: measure.id,
    MetricStat: { Metric: metricOf(measure), Period: period, Stat: measure.stat },
    ReturnData: !expression,
  }))
  return expression ? [...metrics, { Id: 'value', Expression: expression, ReturnData: true }] : metrics
}

const metricOf = ({ namespace, name, dimensions }: Measure) => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
})

export function inputOf(name: string, have: Omit<AlarmHave, 'isOurs'>): PutMetricAlarmCommandInput {
  return {
    AlarmName: name,
    AlarmDescription: have.says,
    ActionsEnabled: have.tellsAnybody,
    AlarmActions: have.tells,
    OKActions: have.tellsEnd,
    InsufficientDataActions: have.insufficientDataActions,
    Metrics: have.metrics,
    ComparisonOperator: have.comparison as PutMetricAlarmCommandInput['ComparisonOperator'],
    Threshold: have.threshold,
    EvaluationPeriods: have.periods,
    DatapointsToAlarm: have.datapoints,
    TreatMissingData: have.missingData,
  }
}

export function haveOf(found: MetricAlarm, isOurs: boolean): AlarmHave {
  return {
    says: found.AlarmDescription ?? '',
    metrics: found.Metrics?.length ? found.Metrics : [singleOf(found)],
    comparison: found.ComparisonOperator,
    threshold: found.Threshold,
    periods: found.EvaluationPeriods,
    // Where it is not said, all of them have to be.
    datapoints: found.DatapointsToAlarm ?? found.EvaluationPeriods,
    missingData: found.TreatMissingData ?? 'missing',
    tells: found.AlarmActions ?? [],
    tellsEnd: found.OKActions ?? [],
    tellsAnybody: found.ActionsEnabled ?? true,
    insufficientDataActions: found.InsufficientDataActions ?? [],
    state: found.StateValue ?? 'INSUFFICIENT_DATA',
    since: found.StateTransitionedTimestamp?.getTime() ?? found.StateUpdatedTimestamp?.getTime() ?? 0,
    isOurs,
  }
}

/** An alarm on one metric that was put by hand, in the form that ours have. */
function singleOf(found: MetricAlarm): MetricDataQuery {
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = found
  const MetricStat = {
    Metric: { Namespace, MetricName, Dimensions },
    Period,
    Stat: Statistic ?? ExtendedStatistic,
  }
  return { Id: 'single', MetricStat, ReturnData: true }
}

export function alarmDiff(want: AlarmWant, have: AlarmHave): Change[] {
  return [
    ...change('says', have.says, want.says),
    ...change('metrics', textOf(have.metrics), textOf(want.metrics)),
    ...change('comparison', have.comparison, want.comparison),
    ...change('threshold', have.threshold, want.threshold),
    ...change('periods', have.periods, want.periods),
    ...change('datapoints', have.datapoints, want.datapoints),
    ...change('missingData', have.missingData, want.missingData),
    ...change('tells', have.tells, want.tells),
    ...change('tellsEnd', have.tellsEnd, want.tellsEnd),
  ]
}

/** All that counts of them, in a line; what AWS adds or orders by itself is left out. */
function textOf(metrics: readonly MetricDataQuery[]): string {
  const parts = metrics.map(({ Id, Expression, MetricStat, ReturnData }) => {
    const { Metric, Period, Stat } = MetricStat ?? {}
    const dimensions = (Metric?.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`).sort()
    const source =
      Expression ?? `${Metric?.Namespace}/${Metric?.MetricName} ${dimensions} ${Stat} ${Period} s`
    return `${Id}${ReturnData === false ? '' : ' (judged)'}: ${source}`
  })
  return parts.sort().join('; ')
}
