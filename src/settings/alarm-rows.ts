// The rows of the table of settings that are about alarms.
import { email, flag, topic } from './checks.ts'
import { row } from './rows.ts'

export const alarmRows = {
  alarms: row({
    env: 'ALARMS',
    flag: '--alarms <true|false>',
    default: false,
    help: 'CloudWatch alarms and a dashboard of the stage, which AWS charges for each month',
    check: flag,
  }),
  alarmEmail: row({
    env: 'ALARM_EMAIL',
    flag: '--alarm-email <address>',
    default: 'none',
    help: 'whom the alarms write to, once the address has confirmed it; none tells nobody',
    check: email,
  }),
  alarmTopicArn: row({
    env: 'ALARM_TOPIC_ARN',
    flag: '--alarm-topic-arn <arn>',
    default: 'none',
    help: 'SNS topic of yours that the alarms publish to, instead of an address; none for no topic',
    check: topic,
  }),
}
