// The sequence of a sign-in, as the sandbox has seen one.

import { providers } from '../../../src/core/messaging/providers.ts'
import { explainLine } from '../../../src/insight/flow-words.ts'
import type { Flow, Step } from '../../../src/sandbox/door/flow.ts'
import { wrongFor } from '../../flow/app.ts'
import { Stage } from '../../flow/stage.ts'

const titles: Record<string, string> = { app: 'App', cognito: 'Cognito', sendzen: 'SendZen', phone: 'Phone' }

/** Who takes part, from left to right. */
const order = [
  'app',
  'cognito',
  'PreSignUp',
  'PostConfirmation',
  'DefineAuthChallenge',
  'CreateAuthChallenge',
  'VerifyAuthChallengeResponse',
  'sendzen',
  'phone',
]

/** Mermaid ends a line at these. */
const plain = (text: string) => text.replace(/[;#]/g, ',')

function textOf({ kind, name, about }: Step): string {
  if (kind === 'answer') return about.tokens ?? about.status ?? name
  if (kind === 'arrival') return `${name}, the code`
  if (kind === 'call' && about.answer) return `${name}, an answer`
  return name
}

function lineOf(step: Step): string {
  const { from, to, kind } = step
  if (kind === 'note') return `  Note over ${from}: ${plain(step.name)}`
  const arrow = ['answer', 'return', 'reply', 'status'].includes(kind) ? '-->>' : '->>'
  return `  ${from}${arrow}${to}: ${plain(textOf(step))}`
}

/** Signs a new user up and in, with one wrong code on the way, and draws what the sandbox saw. */
export async function signInSequence(): Promise<string> {
  const stage = await Stage.open()
  try {
    const [provider] = Object.values(providers)
    stage.sandbox.flows.setExplain((line) => explainLine(line, provider!))
    const begun = await stage.app.begin()
    const wrong = await stage.app.fail(begun, wrongFor(begun.code))
    await stage.app.answer(wrong, begun.code)
    return drawn(stage.sandbox.flows.list().find(({ name }) => name === begun.phone)!)
  } finally {
    await stage.close()
  }
}

function drawn({ steps }: Flow): string {
  const seen = new Set(steps.flatMap(({ from, to }) => [from, to]))
  const lost = [...seen].filter((place) => !order.includes(place))
  if (lost.length > 0) throw new Error(`test/docs/diagrams/sequence.ts does not know ${lost.join(', ')}`)
  const parts = order
    .filter((place) => seen.has(place))
    .map((place) => `  participant ${place} as ${titles[place] ?? place}`)
  return ['sequenceDiagram', ...parts, ...steps.map(lineOf)].join('\n')
}
