// What a run costs, in plain numbers, before it starts: a bound, not a bill.
import { count } from '../terminal/layout.ts'
import type { Cost, Probe } from './scene/probe.ts'

/** A month of one user in the dearer of the two tiers that are used, where the free ones are used up. */
const centsPerUser = 1.5
/** Calls, invocations, log lines, items and parameters: all of them together stay below it. */
const centsForTheRest = 1

/** What the throw-away stage takes besides. */
const stage: Cost = { requests: 150 }
const signIn: Cost = { users: 1, requests: 25, messages: 1 }

export interface Estimate {
  users: number
  requests: number
  messages: number
  texts: number
  /** At most, of AWS without text messages. */
  cents: number
}

export function estimate(
  probes: readonly Probe[],
  { withStage, withSignIn }: { withStage: boolean; withSignIn: boolean },
): Estimate {
  const costs = [
    ...probes.map(({ cost }) => cost),
    ...(withStage ? [stage] : []),
    ...(withSignIn ? [signIn] : []),
  ]
  const sum = (key: keyof Cost) => costs.reduce((total, cost) => total + (cost[key] ?? 0), 0)
  const users = sum('users')
  // Making and removing what the probes stand on.
  const requests = sum('requests') + (probes.length > 0 ? 60 : 0)
  const cents = Math.ceil(users * centsPerUser + centsForTheRest)
  return { users, requests, messages: sum('messages'), texts: sum('texts'), cents }
}

export function costLine({ users, requests, messages, texts, cents }: Estimate): string {
  const sent = [
    messages > 0 ? `${count(messages, 'WhatsApp message')} at your provider’s price` : 'no WhatsApp message',
    texts > 0 ? `${count(texts, 'text message')} at the price of the country` : 'no text message',
  ]
  return `At most ${count(cents, 'US cent')} of AWS (${count(users, 'user')}, about ${count(requests, 'request')}; nothing where the free tier is not used up), ${sent.join(', ')}`
}
