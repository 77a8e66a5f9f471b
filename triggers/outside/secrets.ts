// The keys of codes and provider, the findings and the brake: read from SSM at start, and again after minutes.
// Where SSM fails, what was read goes on to count.

import type { Keys } from '../../src/core/keys.ts'
import { type MasterKeys, openMasterKey, parseMasterKey } from '../../src/core/master-key.ts'
import { brakeLifeMs } from '../../src/core/parameters/brake.ts'
import { type Findings, findingsOf, parseFindings } from '../../src/core/parameters/findings.ts'
import { type GivenName, type GivenSecrets, parseProviderKey } from '../../src/core/provider-key.ts'
import { SecretsError } from '../../src/core/secrets-document.ts'
import type { Aws } from './aws-call.ts'
import { type BrakePlace, createBrakeMemory } from './brake.ts'
import type { Clock, Deadline } from './clock.ts'

export interface Secrets extends MasterKeys {
  /** What was asked for of the provider's key, and nothing else. */
  given: Partial<GivenSecrets>
  /** Empty where nothing is known. */
  findings: Findings
}

export interface SecretsSource {
  /** Begins to read while the function starts; `get` waits for it. */
  start(deadline: Deadline): void
  /** At most ten minutes old, with the brake one, unless SSM fails. Throws when none were ever read. */
  get(deadline: Deadline): Promise<Secrets>
  /** What the last read said of the brake; false where it is not read. */
  isPaused(): boolean
  /** The keys of this kid. Reads again when it is not known: another container may be ahead of this one. */
  keysFor(kid: string, deadline: Deadline): Promise<Keys | undefined>
}

/** The names of the parameters; without `providerKey` or `brake` that one is not read. */
export interface SecretsPlaces {
  masterKey: string
  findings: string
  providerKey?: string
  brake?: BrakePlace
}

const keysLifeMs = 10 * 60_000
/** Between two attempts to read when one failed or a kid was not known. */
const pauseMs = 10_000
/**
 * A deploy runs the functions before it can tell them what it has found out by that. What holds no finding yet counts
 * this long, and each time it is read again without one for twice as long: a dozen calls in ten minutes.
 */
const firstLookMs = 100

/** `needed` names what of the provider's key this function works with: without it the secrets are unusable. */
export function createSecretsSource(
  aws: Aws,
  clock: Clock,
  places: SecretsPlaces,
  needed: readonly GivenName[] = [],
): SecretsSource {
  const { brake, ...others } = places
  const memory = createBrakeMemory(brake?.stage ?? '')
  const lifeMs = brake ? brakeLifeMs : keysLifeMs
  let cached: Secrets | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let countsMs = firstLookMs / 2

  let starting: Promise<unknown> | undefined

  /** One call: what is stored together is never read at two moments. */
  async function read(deadline: Deadline): Promise<Secrets> {
    triedAt = clock.now()
    const Names = [...Object.values(others), ...(brake ? [brake.brake] : [])]
    const input = { Names, WithDecryption: true }
    const answer = await aws.json('ssm', 'GetParameters', input, deadline)
    const found = (answer.Parameters ?? []) as { Name?: string; Value?: string }[]
    const textIn = (name: string) => found.find(({ Name }) => Name === name)?.Value
    // First: it holds also where a key is spoilt and the old ones go on to count.
    if (brake) memory.learn(textIn(brake.brake))
    const secretOf = (name: string) => {
      const text = textIn(name)
      if (!text) throw new SecretsError('The secrets hold no value.')
      return text
    }
    const keys = openMasterKey(parseMasterKey(secretOf(places.masterKey)))
    const provider = places.providerKey ? parseProviderKey(secretOf(places.providerKey), needed) : undefined
    const given = Object.fromEntries(needed.map((name) => [name, provider?.[name]]))
    cached = { ...keys, given, findings: findingsOf(parseFindings(textIn(places.findings))) }
    readAt = clock.now()
    countsMs = cached.findings.standIn ? lifeMs : Math.min(lifeMs, 2 * countsMs)
    return cached
  }

  function isOld(): boolean {
    const now = clock.now()
    return now - readAt >= countsMs && now - triedAt >= Math.min(countsMs, pauseMs)
  }

  async function get(deadline: Deadline): Promise<Secrets> {
    await starting
    if (!cached) return read(deadline)
    if (!isOld()) return cached
    const old = cached
    return read(deadline).catch(() => old)
  }

  return {
    start: (deadline) => {
      starting = read(deadline).then(
        () => undefined,
        () => undefined,
      )
    },
    get,
    isPaused: memory.isPaused,
    keysFor: async (kid, deadline) => {
      const find = (secrets: Secrets) => secrets.known.find((keys) => keys.kid === kid)
      const found = find(await get(deadline))
      if (found || clock.now() - triedAt < pauseMs) return found
      return read(deadline).then(find, () => undefined)
    },
  }
}
