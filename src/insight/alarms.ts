// The alarms of a stage as they stand: which of them ring, where to look, and whether somebody is told.
import { partitionOf } from '../aws/endpoints.ts'
import type { Observed } from '../engine/have.ts'
import { haveOf } from '../engine/stage-view.ts'
import { names, type Place } from '../names.ts'
import { alarms } from '../resources/alarms/alarm.ts'
import { dashboard } from '../resources/alarms/dashboard.ts'
import { alarmTopic } from '../resources/alarms/topic.ts'
import { alarmEmailOf, foreignTopicOf } from '../settings/alarms.ts'
import type { Settings } from '../settings/schema.ts'

export interface StageAlarms {
  /** Where the dashboard is looked at; undefined where there is none. */
  dashboard: string | undefined
  /** How many there are. */
  count: number
  /** Those in alarm, oldest first; `since` is ISO 8601. */
  ringing: { name: string; says: string; since: string }[]
  /** Whom they tell; undefined where nobody is. */
  tells: { topic: string } | { email: string; confirmed: boolean } | undefined
}

/** Undefined where the stage has none and is to have none. */
export function alarmsIn(
  place: Place,
  observed: Observed,
  settings: Partial<Settings>,
): StageAlarms | undefined {
  if (!settings.alarms) return undefined
  const found = alarms(place).flatMap((resource) => {
    const have = haveOf(observed, resource)
    return have?.isOurs ? [{ name: resource.name, ...have }] : []
  })
  const ringing = found.filter(({ state }) => state === 'ALARM').sort((a, b) => a.since - b.since)
  return {
    dashboard: haveOf(observed, dashboard(place))?.isOurs ? dashboardAddress(place) : undefined,
    count: found.length,
    ringing: ringing.map(({ name, says, since }) => ({ name, says, since: new Date(since).toISOString() })),
    tells: toldOf(place, observed, settings),
  }
}

function toldOf(place: Place, observed: Observed, settings: Partial<Settings>): StageAlarms['tells'] {
  const topic = foreignTopicOf(settings)
  if (topic) return { topic }
  const email = alarmEmailOf(settings)
  if (!email) return undefined
  const have = haveOf(observed, alarmTopic(place))
  return { email, confirmed: have?.email === email && have.subscription === 'confirmed' }
}

/** Of AWS's console, which has a domain of its own in each partition. */
export function dashboardAddress({ stage, region }: Place): string {
  const name = names.dashboard(stage, region)
  return `https://${consoleOf(region)}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`
}

function consoleOf(region: string): string {
  const partition = partitionOf(region).name
  const domains: Record<string, string> = {
    aws: `${region}.console.aws.amazon.com`,
    'aws-cn': `${region}.console.amazonaws.cn`,
    'aws-us-gov': `${region}.console.amazonaws-us-gov.com`,
    'aws-eusc': `${region}.console.amazonaws-eusc.eu`,
  }
  return domains[partition] ?? `${region}.console.${partitionOf(region).domain}`
}
