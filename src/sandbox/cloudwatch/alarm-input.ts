// What PutMetricAlarm takes: every member checked, and what must not stand beside what.

import type { World } from '../account/world.ts'
import {
  type Input,
  list,
  objects,
  optionalNumber,
  optionalObject,
  optionalText,
} from '../protocol/fields.ts'
import { conflict, invalid, required } from './faults.ts'

const comparisons = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
]
const missingData = ['breaching', 'notBreaching', 'ignore', 'missing']
const statistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']
/** Of one metric alone: an alarm on an expression has them in its `Metrics`. */
const ofOneMetric = [
  'MetricName',
  'Namespace',
  'Statistic',
  'ExtendedStatistic',
  'Period',
  'Dimensions',
  'Unit',
]

/** The settings of an alarm in their own types, as DescribeAlarms shows them. Throws what AWS answers. */
export function readAlarm(input: Input, world: World): Input {
  const name = required(input, 'AlarmName')
  if (name.length > 255) throw invalid('AlarmName must be at most 255 characters long.')
  const description = optionalText(input, 'AlarmDescription')
  if ((description?.length ?? 0) > 1024)
    throw invalid('AlarmDescription must be at most 1024 characters long.')
  if (objects(input, 'Tags').length > 50) throw invalid('At most 50 tags are allowed.')
  const comparison = required(input, 'ComparisonOperator')
  if (!comparisons.includes(comparison))
    throw invalid(`${comparison} is no comparison of a static threshold.`)
  const treat = optionalText(input, 'TreatMissingData') ?? 'missing'
  if (!missingData.includes(treat)) throw invalid(`${treat} is not supported for TreatMissingData.`)
  const periods = number(input, 'EvaluationPeriods')
  const datapoints = optionalNumber(input, 'DatapointsToAlarm')
  if (datapoints !== undefined && (datapoints < 1 || datapoints > periods)) {
    throw invalid('DatapointsToAlarm must be from 1 to EvaluationPeriods.')
  }
  const metrics = objects(input, 'Metrics')
  const measured = metrics.length > 0 ? ofExpression(input, metrics) : ofMetric(input)
  const longest = Math.max(...measured.periods)
  if (periods < 1 || periods * longest > (longest >= 3600 ? 604_800 : 86_400)) {
    throw invalid(
      'Metrics cannot be checked across more than a day, or a week for periods of an hour or more.',
    )
  }
  return {
    AlarmDescription: description,
    ActionsEnabled: input.ActionsEnabled !== false && input.ActionsEnabled !== 'false',
    ...Object.fromEntries(
      ['OKActions', 'AlarmActions', 'InsufficientDataActions'].map((key) => [
        key,
        actions(input, key, world),
      ]),
    ),
    ...measured.settings,
    EvaluationPeriods: periods,
    DatapointsToAlarm: datapoints,
    Threshold: number(input, 'Threshold'),
    ComparisonOperator: comparison,
    TreatMissingData: treat,
  }
}

function number(input: Input, key: string): number {
  const value = optionalNumber(input, key)
  if (value === undefined) required({}, key)
  return value as number
}

/** At most five of a kind, each an ARN; a topic has to be in the alarm's region. */
function actions(input: Input, key: string, { region }: World): string[] {
  const all = list(input, key)
  if (all.length > 5) throw invalid(`At most five ${key} are allowed.`)
  for (const arn of all) {
    const [, , service, itsRegion] = /^arn:[\w-]+:([\w-]+):([\w-]*):/.exec(arn) ? arn.split(':') : []
    if (!service) throw invalid(`Invalid ARN syntax: ${arn}`)
    if (service === 'sns' && itsRegion !== region)
      throw invalid(`Invalid region ${itsRegion} specified. Only ${region} is supported.`)
  }
  return all
}

interface Measured {
  settings: Input
  /** Of each metric that is looked at, in seconds. */
  periods: number[]
}

function period(input: Input): number {
  const seconds = number(input, 'Period')
  if (![1, 5, 10, 20, 30].includes(seconds) && (seconds < 60 || seconds % 60 !== 0)) {
    throw invalid(`${seconds} is no valid period: it must be 10, 20, 30 or a multiple of 60 seconds.`)
  }
  return seconds
}

function statistic(text: string): string {
  if (
    !statistics.includes(text) &&
    !/^(p(\d{1,2}(\.\d+)?|100)|(tm|wm|tc|ts|TM|WM|TC|TS|PR|IQM).*)$/.test(text)
  ) {
    throw invalid(`${text} is no statistic.`)
  }
  return text
}

/** Name and value of each, at most thirty. */
function dimensions(input: Input): Input[] {
  const all = objects(input, 'Dimensions')
  if (all.length > 30) throw invalid('At most 30 dimensions are allowed.')
  return all.map((one) => ({ Name: required(one, 'Name'), Value: required(one, 'Value') }))
}

function ofMetric(input: Input): Measured {
  const extended = optionalText(input, 'ExtendedStatistic')
  const plain = optionalText(input, 'Statistic')
  if ((plain === undefined) === (extended === undefined)) {
    throw conflict('Exactly one of Statistic and ExtendedStatistic has to be given.')
  }
  if (plain !== undefined && !statistics.includes(plain)) throw invalid(`${plain} is no statistic.`)
  const seconds = period(input)
  return {
    settings: {
      Namespace: required(input, 'Namespace'),
      MetricName: required(input, 'MetricName'),
      Dimensions: dimensions(input),
      Period: seconds,
      ...(plain ? { Statistic: plain } : { ExtendedStatistic: statistic(extended ?? '') }),
      Unit: optionalText(input, 'Unit'),
    },
    periods: [seconds],
  }
}

function ofExpression(input: Input, metrics: Input[]): Measured {
  const beside = ofOneMetric.filter((key) => String(input[key] ?? '') !== '')
  if (beside.length > 0) throw conflict(`Metrics cannot be used together with ${beside.join(', ')}.`)
  const ids = metrics.map((metric) => required(metric, 'Id'))
  for (const id of ids) if (!/^[a-z]\w{0,254}$/.test(id)) throw invalid(`${id} is no valid id.`)
  if (new Set(ids).size < ids.length) throw invalid('Ids must be unique.')
  const all = metrics.map((metric) => query(metric, ids))
  const returned = all.filter(({ settings }) => settings.ReturnData)
  if (returned.length !== 1) throw invalid('Exactly one element of the metrics list should return data.')
  const periods = all.flatMap((one) => one.periods)
  if (periods.length < 1 || periods.length > 10) throw invalid('An alarm looks at 1 to 10 metrics.')
  return { settings: { Metrics: all.map(({ settings }) => settings) }, periods }
}

/** A metric, or an expression over others. */
function query(metric: Input, ids: readonly string[]): Measured {
  const expression = optionalText(metric, 'Expression')
  const stat = optionalObject(metric, 'MetricStat')
  if ((expression === undefined) === (stat === undefined)) {
    throw conflict('Exactly one of Expression and MetricStat has to be given.')
  }
  const common = {
    Id: required(metric, 'Id'),
    Label: optionalText(metric, 'Label'),
    ReturnData: metric.ReturnData !== false && metric.ReturnData !== 'false',
  }
  if (!stat) {
    const names = (expression ?? '').match(/\b[a-z]\w*\b/g) ?? []
    const unknown = names.find((name) => !ids.includes(name))
    if (unknown) throw invalid(`Error in expression '${common.Id}': ${unknown} is not defined.`)
    return { settings: { ...common, Expression: expression }, periods: [] }
  }
  const inner = optionalObject(stat, 'Metric') ?? {}
  const seconds = period(stat)
  return {
    settings: {
      ...common,
      MetricStat: {
        Metric: {
          Namespace: required(inner, 'Namespace'),
          MetricName: required(inner, 'MetricName'),
          Dimensions: dimensions(inner),
        },
        Period: seconds,
        Stat: statistic(required(stat, 'Stat')),
        Unit: optionalText(stat, 'Unit'),
      },
    },
    periods: [seconds],
  }
}
