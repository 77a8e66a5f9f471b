// Whom the alarms of a stage tell, and what about that cannot be.
import { usageError } from '../errors.ts'
import type { Place } from '../names.ts'
import type { Settings } from './schema.ts'

type AlarmSettings = Partial<Pick<Settings, 'alarms' | 'alarmEmail' | 'alarmTopicArn'>>

/** The address that alarms write to by a topic of ours; undefined where there is none, or alarms are off. */
export function alarmEmailOf({ alarms, alarmEmail = 'none' }: AlarmSettings): string | undefined {
  return alarms && alarmEmail !== 'none' ? alarmEmail : undefined
}

/** A topic that is not ours: nothing of it is ever changed. */
export function foreignTopicOf({ alarms, alarmTopicArn = 'none' }: AlarmSettings): string | undefined {
  return alarms && alarmTopicArn !== 'none' ? alarmTopicArn : undefined
}

/** Throws SETTINGS_CONFLICT where both are named: a topic has subscriptions of its own. */
export function checkAlarms({ alarmEmail = 'none', alarmTopicArn = 'none' }: AlarmSettings): void {
  if (alarmEmail === 'none' || alarmTopicArn === 'none') return
  throw usageError('SETTINGS_CONFLICT', 'ALARM_EMAIL and ALARM_TOPIC_ARN cannot both be set', {
    why: 'alarms tell one topic: one of ours that writes to the address, or yours with its subscriptions',
    next: ['set ALARM_EMAIL to none', 'or set ALARM_TOPIC_ARN to none and keep the address'],
  })
}

/** Throws ALARM_TOPIC_ELSEWHERE for a topic that no alarm of this region can publish to. */
export function checkAlarmTopic(settings: AlarmSettings, { region, partition }: Place): void {
  const topic = foreignTopicOf(settings)
  if (topic === undefined) return
  const [, itsPartition = '', , itsRegion = ''] = topic.split(':')
  if (itsPartition === partition && itsRegion === region) return
  throw usageError('ALARM_TOPIC_ELSEWHERE', 'ALARM_TOPIC_ARN names a topic of another region', {
    why: `${topic} is not in ${region}, and an alarm publishes only where it is`,
    next: [`set it to a topic of ${region}, or to none`],
  })
}
