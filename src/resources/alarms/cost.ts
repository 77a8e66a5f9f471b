// What the alarms and the dashboard of a stage cost in a month, at AWS's list price: the only place that knows prices of CloudWatch.
import { alarmKeysOf, type Reports, ruleOf } from './rules.ts'

/**
 * US dollars a month in us-east-1; other regions differ by little. An alarm is charged for each metric that it looks
 * at. Source: https://aws.amazon.com/cloudwatch/pricing/, read in November 2026.
 */
export const prices = { alarmMetric: 0.1, dashboard: 3, customMetric: 0.3 } as const

/** Free in an account each month, whichever uses them. */
export const freeTier = { alarmMetrics: 10, dashboards: 3, customMetrics: 10 } as const

export interface AlarmCost {
  alarms: number
  /** That they look at. */
  metrics: number
  /** US dollars a month, without the free tier. */
  monthly: number
}

/** No name and no cap changes how many metrics there are; delivery reports do, and SMS that follow them. */
export function alarmCost({
  deliveryWebhook = false,
  smsFallback = false,
}: Partial<Reports> = {}): AlarmCost {
  const anywhere = { stage: '', account: '', region: '', partition: '' }
  const caps = { poolSendsPerHour: 0, poolSendsPerDay: 0, deliveryWebhook, smsFallback }
  const keys = alarmKeysOf({ deliveryWebhook })
  const looks = keys.map((key) => ruleOf(key, anywhere, caps).measures.length)
  const metrics = looks.reduce((sum, one) => sum + one, 0)
  const cents = Math.round(100 * (metrics * prices.alarmMetric + prices.dashboard))
  return { alarms: keys.length, metrics, monthly: cents / 100 }
}
