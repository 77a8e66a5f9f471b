// The sign-ins, and what one of them made the parts say to one another, as it happens.
import type { Flow, Step } from '../src/sandbox/door/flow.ts'
import { useLive } from './live.ts'
import { hrefTo } from './route.ts'

/** The triggers share one rail: their names stand beside it. */
const rails = [
  ['app', 'App'],
  ['cognito', 'Cognito'],
  ['triggers', 'Triggers'],
  ['sendzen', 'SendZen'],
  ['phone', 'Phone'],
] as const

function railOf(place: string): number {
  const known = rails.findIndex(([name]) => name === (place === 'sns' ? 'sendzen' : place))
  return known < 0 ? 2 : known
}

export function Sequence({ id }: { id: string }) {
  const { flows } = useLive()
  const newest = [...flows].reverse()
  const flow = id ? flows.find((one) => one.id === id) : newest[0]
  return (
    <section class="sequence" aria-label="Sequence">
      <h2>Sequence</h2>
      {flows.length === 0 && <p class="empty">No sign-in yet. Each one is drawn here, step by step.</p>}
      <ol class="flows" aria-label="Sign-ins, newest first">
        {newest.map(({ id: one, name, state, outcome }) => (
          <li key={one} data-state={state}>
            <a href={hrefTo('sequence', one)} aria-current={one === flow?.id ? 'true' : undefined}>
              <b>{name}</b> {outcome || 'begun'}
            </a>
          </li>
        ))}
      </ol>
      {id && flows.length > 0 && !flow && <p class="empty">This sign-in is not here any more.</p>}
      {flow && <Diagram flow={flow} />}
    </section>
  )
}

function Diagram({ flow }: { flow: Flow }) {
  return (
    <div class="diagram">
      <div class="rails heads" aria-hidden="true">
        {rails.map(([name, title]) => (
          <b key={name}>{title}</b>
        ))}
      </div>
      <ol class="steps" aria-label={`Steps of the sign-in of ${flow.name}`}>
        {flow.steps.map((step) => (
          <Line key={step.n} step={step} flow={flow} />
        ))}
      </ol>
    </div>
  )
}

/** What is bold; else the step's own name. */
function titleOf({ kind, name, about, from, isOk }: Step): string {
  if (kind === 'answer')
    return about.tokens ? 'tokens' : (about.status ?? about.error ?? (isOk ? 'done' : name))
  if (kind === 'return') return about.error ?? 'done'
  if (kind === 'send') return 'send the code'
  if (kind === 'arrival') return from === 'sns' ? 'SMS' : `WhatsApp ${about.code}`
  return name
}

/** What the title says, the app does not look at, or the sign-in's own number says. */
function restOf({ about, kind }: Step, own: string): [label: string, value: string][] {
  const hidden = [
    'tokens',
    'code',
    'error',
    'status',
    'destination',
    'USERNAME',
    ...(kind === 'answer' ? ['codeLength'] : []),
  ]
  return Object.entries(about).filter(
    ([label, value]) => value !== '' && value !== own && !hidden.includes(label) && value !== 'whatsapp',
  )
}

function Line({ step, flow }: { step: Step; flow: Flow }) {
  const { kind, from, to, isOk, at, ms } = step
  const since = at - flow.at
  const [a, b] = [railOf(from), railOf(to)]
  return (
    <li class={`step ${kind}`} data-ok={isOk}>
      <div class="rails" aria-hidden="true">
        {a === b ? (
          <i class="dot" style={{ gridColumn: `${2 * a + 2}` }} />
        ) : (
          <i
            class={a < b ? 'right' : 'left'}
            style={{ gridColumn: `${2 * Math.min(a, b) + 2} / ${2 * Math.max(a, b) + 2}` }}
          />
        )}
      </div>
      <p>
        <span class="sr">{from === to ? `${from}: ` : `${from} to ${to}: `}</span>
        <b>{titleOf(step)}</b>
        {restOf(step, flow.name).map(([label, value]) => (
          <span key={label} class="about">
            {label} <code>{value}</code>
          </span>
        ))}
        <span class="took">
          {ms === undefined ? '' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`}
          {since >= 1_000 && kind === 'call' ? ` after ${Math.round(since / 1000)} s` : ''}
        </span>
      </p>
    </li>
  )
}
