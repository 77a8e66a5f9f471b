// What the dashboard of a stage shows: CloudWatch's own document, pure.
import { metricNamespace } from '../../core/log-line.ts'
import { arns, type Place } from '../../names.ts'
import { alarmKeysOf, perFunction, type Reports } from './rules.ts'

/** Widgets of half the width, two in a row; a row is six units high. */
const [half, high] = [12, 6]

type Line = (string | object)[]

/** `mark` stands in its text. */
export function bodyOf(place: Place, settings: Reports, mark: string): object {
  const { stage, region } = place
  const of = (name: string, options: object = {}): Line => [
    metricNamespace,
    name,
    'stage',
    stage,
    { stat: 'Sum', ...options },
  ]
  const graph = (title: string, metrics: Line[], more: object = {}) => ({
    type: 'metric',
    properties: { title, region, period: 300, view: 'timeSeries', stacked: false, metrics, ...more },
  })
  const functions = (name: string, stat: string): Line[] =>
    perFunction(place, settings, name, stat).map(({ namespace, dimensions }) => [
      namespace,
      name,
      ...Object.entries(dimensions).flat(),
      { stat },
    ])
  const graphs = [
    {
      type: 'alarm',
      properties: { title: 'Alarms', alarms: alarmKeysOf(settings).map((key) => arns.alarm(place, key)) },
    },
    graph('Codes: sent, entered, failed', [
      of('otp_sent'),
      of('otp_unknown'),
      of('otp_failed'),
      of('otp_verified'),
    ]),
    graph(
      'Of the codes sent, how many were entered (%)',
      [
        [{ expression: '100 * FILL(verified, 0) / sent', label: 'entered' }],
        of('otp_verified', { id: 'verified', visible: false }),
        of('otp_sent', { id: 'sent', visible: false }),
      ],
      { period: 900, yAxis: { left: { min: 0, max: 100 } } },
    ),
    graph('Until the provider has answered (ms)', [
      of('delivery_latency', { stat: 'p50' }),
      of('delivery_latency', { stat: 'p95' }),
      of('delivery_latency', { stat: 'p99' }),
    ]),
    graph('Held back, locked, refused', [
      of('otp_suppressed'),
      of('otp_capped'),
      of('otp_locked'),
      of('signup_refused'),
      of('provider_refused'),
    ]),
    ...(settings.deliveryWebhook
      ? [
          graph('Reported: delivered, read, failed', [
            of('otp_delivered'),
            of('otp_read'),
            of('otp_undelivered'),
            ...(settings.smsFallback ? [of('otp_fallback')] : []),
          ]),
        ]
      : []),
    graph('Table and secrets that did not answer', [of('otp_store_error')]),
    graph('Functions: time of the slowest hundredth (ms)', functions('Duration', 'p99')),
    graph('Functions: failed or refused', [...functions('Errors', 'Sum'), ...functions('Throttles', 'Sum')]),
  ]
  const head = {
    type: 'text',
    ...{ x: 0, y: 0, width: 2 * half, height: 2 },
    properties: {
      markdown: `## WhatsApp sign-in, stage ${stage}\nMade by whatsapp-otp (${mark}). \`whatsapp-otp deploy\` writes it anew: what you change here goes into a dashboard of your own.`,
    },
  }
  return {
    widgets: [
      head,
      ...graphs.map((widget, index) => ({
        ...widget,
        ...{ x: (index % 2) * half, y: 2 + Math.floor(index / 2) * high, width: half, height: high },
      })),
    ],
  }
}
