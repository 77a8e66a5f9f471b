// The CloudWatch alarms of a stage: one resource each, all of them found by one listing.
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { Aws } from '../../aws/clients.ts'
import { ifFound } from '../../aws/errors.ts'
import { finish } from '../../engine/refusal.ts'
import { type Danger, pickFields, type Resource } from '../../engine/resource.ts'
import { shared } from '../../engine/shared.ts'
import { arns, isOurs, names, type Place, tagsOf } from '../../names.ts'
import {
  type AlarmHave,
  type AlarmWant,
  alarmDiff,
  fieldOf,
  haveOf,
  inputOf,
  wantOf,
} from './alarm-settings.ts'
import { type AlarmKey, alarmKeys, alarmKeysOf, ruleOf } from './rules.ts'

type Listing = (aws: Aws) => Promise<Map<string, MetricAlarm>>

const load = () => import('../../aws/late/cloudwatch.ts')

/** CloudWatch takes three changes of alarms a second: so many are played at once, each after the one before. */
const atOnce = 3

/** One for each rule. */
export function alarms(place: Place): Resource<AlarmWant, AlarmHave>[] {
  const all = shared((aws: Aws) => listed(aws, place))
  return alarmKeys.map((key, index) => alarm(place, key, alarmKeys[index - atOnce], all))
}

const idOf = (key: AlarmKey) => `alarm:${key}`

/** The ids of all of them. */
export const alarmIds = alarmKeys.map(idOf)

async function listed(aws: Aws, { stage }: Place): Promise<Map<string, MetricAlarm>> {
  const { paginateDescribeAlarms } = await load()
  const found = new Map<string, MetricAlarm>()
  const pages = paginateDescribeAlarms(
    { client: await aws.cloudwatch() },
    { AlarmNamePrefix: names.alarm(stage, '') },
  )
  for await (const { MetricAlarms = [] } of pages) {
    for (const one of MetricAlarms) found.set(one.AlarmName ?? '', one)
  }
  return found
}

function alarm(
  place: Place,
  key: AlarmKey,
  before: AlarmKey | undefined,
  all: Listing,
): Resource<AlarmWant, AlarmHave> {
  const name = names.alarm(place.stage, key)
  const arn = arns.alarm(place, key)
  const tags = tagsOf(place.stage)
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  const inTurn = before ? [idOf(before)] : []

  const read = async (aws: Aws): Promise<AlarmHave | undefined> => {
    const found = (await all(aws)).get(name)
    if (!found) return undefined
    const { ListTagsForResourceCommand } = await load()
    const client = await aws.cloudwatch()
    const tagged = await ifFound(client.send(new ListTagsForResourceCommand({ ResourceARN: arn })))
    if (!tagged) return undefined
    const its = Object.fromEntries((tagged.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]))
    return haveOf(found, isOurs(place.stage, its))
  }

  const self: Resource<AlarmWant, AlarmHave> = {
    kind: 'alarm',
    id: idOf(key),
    name,
    needs: ['alarm-topic', ...inTurn],
    removeAfter: inTurn,
    permissions: [
      // AWS asks for all alarms where some are listed, and gives what they watch.
      { actions: ['cloudwatch:DescribeAlarms'], on: ['*'] },
      {
        actions: [
          'cloudwatch:PutMetricAlarm',
          'cloudwatch:TagResource',
          'cloudwatch:ListTagsForResource',
          'cloudwatch:DeleteAlarms',
        ],
        on: [arns.alarm(place, '*')],
      },
    ],

    isWanted: (settings) => settings.alarms === true && alarmKeysOf(settings).includes(key),
    want: ({ settings }) => wantOf(ruleOf(key, place, settings), settings, place),
    read,
    isOurs: (have) => have.isOurs,
    diff: alarmDiff,
    dangers: (have) => silenced(have, place, name),

    async create(aws, want) {
      // Another one of that name would be overwritten without a word.
      const there = await read(aws)
      if (there) return finish(self, aws, want, there)
      const made: AlarmHave = { ...want, ...untouched(aws), isOurs: true }
      const { PutMetricAlarmCommand } = await load()
      await (await aws.cloudwatch()).send(new PutMetricAlarmCommand({ ...inputOf(name, made), Tags }))
      return made
    },

    async update(aws, want, have, fields) {
      const made = { ...have, ...pickFields(want, fieldOf, fields) }
      const { PutMetricAlarmCommand } = await load()
      await (await aws.cloudwatch()).send(new PutMetricAlarmCommand(inputOf(name, made)))
      return made
    },

    async adopt(aws, have) {
      const { TagResourceCommand } = await load()
      await (await aws.cloudwatch()).send(new TagResourceCommand({ ResourceARN: arn, Tags }))
      return { ...have, isOurs: true }
    },

    async remove(aws) {
      const { DeleteAlarmsCommand } = await load()
      await ifFound((await aws.cloudwatch()).send(new DeleteAlarmsCommand({ AlarmNames: [name] })))
    },
  }
  return self
}

const untouched = ({ clock }: Aws) => ({
  tellsAnybody: true,
  insufficientDataActions: [],
  state: 'INSUFFICIENT_DATA' as const,
  since: clock.now(),
})

/** For a night of maintenance it may be meant. */
function silenced({ tellsAnybody, tells }: AlarmHave, { region }: Place, name: string): Danger[] {
  if (tellsAnybody || tells.length === 0) return []
  return [
    {
      what: 'its actions are switched off',
      why: 'it tells nobody, whatever happens',
      next: `aws cloudwatch enable-alarm-actions --region ${region} --alarm-names ${name}`,
    },
  ]
}
