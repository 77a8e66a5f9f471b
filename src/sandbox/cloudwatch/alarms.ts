// CloudWatch's metric alarms and their tags. Nothing is measured: a state is what SetAlarmState made it.

import { AwsFault } from '../account/aws-fault.ts'
import { tagContext } from '../account/condition.ts'
import type { World } from '../account/world.ts'
import { type Input, list, optionalNumber, optionalText, page, tagList } from '../protocol/fields.ts'
import type { Call, Operation } from '../protocol/service.ts'
import { givenTags, tagChanges, tagsAsked } from '../protocol/tags.ts'
import { readAlarm } from './alarm-input.ts'
import { conflict, invalid, required } from './faults.ts'

interface Alarm {
  /** As it was put, numbers and booleans in their own types. */
  settings: Input
  state: { value: string; reason: string; at: number }
  updatedAt: number
  tags: Record<string, string>
}

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA']

export function createAlarms(world: World) {
  const alarms = new Map<string, Alarm>()
  const arnOf = (name: string) =>
    `arn:${world.partition}:cloudwatch:${world.region}:${world.account}:alarm:${name}`
  const named = (name: string) => {
    const alarm = alarms.get(name)
    if (!alarm) throw new AwsFault('ResourceNotFound', `Alarm ${name} does not exist`, 404)
    return alarm
  }

  const shown = (name: string, { settings, state, updatedAt }: Alarm) => ({
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Dimensions: [],
    ...settings,
    AlarmName: name,
    AlarmArn: arnOf(name),
    AlarmConfigurationUpdatedTimestamp: new Date(updatedAt),
    StateValue: state.value,
    StateReason: state.reason,
    StateUpdatedTimestamp: new Date(state.at),
    StateTransitionedTimestamp: new Date(state.at),
  })

  /** The tagging calls name an ARN, and speak of what is not there in words of their own. */
  function tagged(input: Input, call: Call): Alarm {
    const arn = required(input, 'ResourceARN')
    const alarm = arn.startsWith(arnOf('')) ? alarms.get(arn.slice(arnOf('').length)) : undefined
    call.authorize(`cloudwatch:${call.operation}`, arn, tagsAsked(alarm?.tags, input))
    if (!alarm) throw new AwsFault('ResourceNotFoundException', `Unknown resource: ${arn}`, 404)
    return alarm
  }

  const changes = tagChanges(tagged)

  function tellAnybody(input: Input, call: Call, ActionsEnabled: boolean) {
    const names = list(input, 'AlarmNames')
    for (const name of names) {
      call.authorize(`cloudwatch:${call.operation}`, arnOf(name), tagContext(alarms.get(name)?.tags))
      const alarm = alarms.get(name)
      if (alarm) alarm.settings = { ...alarm.settings, ActionsEnabled }
    }
    return {}
  }

  const operations: Record<string, Operation> = {
    PutMetricAlarm(input, call) {
      const name = required(input, 'AlarmName')
      const old = alarms.get(name)
      const tags = givenTags(input)
      call.authorize('cloudwatch:PutMetricAlarm', arnOf(name), tagContext(old?.tags, tags))
      if (Object.keys(tags).length > 0) {
        call.authorize('cloudwatch:TagResource', arnOf(name), tagContext(old?.tags, tags))
      }
      const settings = readAlarm(input, world)
      const now = world.now()
      alarms.set(name, {
        settings,
        state: old?.state ?? {
          value: 'INSUFFICIENT_DATA',
          reason: 'Unchecked: Initial alarm creation',
          at: now,
        },
        updatedAt: now,
        // Those of an alarm that is there already are left out without a word.
        tags: old?.tags ?? tags,
      })
      return {}
    },
    DescribeAlarms(input, call) {
      const wanted = list(input, 'AlarmNames')
      const prefix = optionalText(input, 'AlarmNamePrefix')
      call.authorize('cloudwatch:DescribeAlarms', arnOf('*'))
      if (wanted.length > 0 && prefix)
        throw conflict('AlarmNames and AlarmNamePrefix cannot be used together.')
      if (wanted.length > 100) throw invalid('At most 100 alarm names are allowed.')
      const most = optionalNumber(input, 'MaxRecords') ?? 50
      if (most < 1 || most > 100) throw invalid('MaxRecords must be between 1 and 100.')
      const value = optionalText(input, 'StateValue')
      if (value && !states.includes(value)) throw invalid(`${value} is no state of an alarm.`)
      const found = [...alarms]
        .filter(([name]) => wanted.length === 0 || wanted.includes(name))
        .filter(([name, alarm]) => name.startsWith(prefix ?? '') && (!value || alarm.state.value === value))
        .sort(([a], [b]) => (a < b ? -1 : 1))
      const { items, next } = page(found, optionalText(input, 'NextToken'), Math.min(most, world.pageSize))
      return {
        MetricAlarms: items.map(([name, alarm]) => shown(name, alarm)),
        CompositeAlarms: [],
        NextToken: next,
      }
    },
    DeleteAlarms(input, call) {
      const names = list(input, 'AlarmNames')
      for (const name of names) {
        call.authorize('cloudwatch:DeleteAlarms', arnOf(name), tagContext(alarms.get(name)?.tags))
      }
      if (names.length < 1 || names.length > 100) throw invalid('From 1 to 100 alarm names are allowed.')
      for (const name of names) named(name)
      for (const name of names) alarms.delete(name)
      return {}
    },
    SetAlarmState(input, call) {
      const name = required(input, 'AlarmName')
      call.authorize('cloudwatch:SetAlarmState', arnOf(name), tagContext(alarms.get(name)?.tags))
      const value = required(input, 'StateValue')
      const reason = required(input, 'StateReason')
      const alarm = named(name)
      if (!states.includes(value))
        throw new AwsFault('InvalidFormatFault', `${value} is no state of an alarm.`)
      alarm.state = { value, reason, at: world.now() }
      return {}
    },
    EnableAlarmActions: (input, call) => tellAnybody(input, call, true),
    DisableAlarmActions: (input, call) => tellAnybody(input, call, false),
    ListTagsForResource: (input, call) => ({ Tags: tagList(tagged(input, call).tags) }),
    TagResource: changes.give,
    UntagResource: changes.take,
  }

  return { operations, names: () => [...alarms.keys()] }
}
