// What becomes of a trigger that does not answer in time: how often it is invoked, and whether an invocation goes on.
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Probe } from '../scene/probe.ts'
import { said } from '../scene/said.ts'
import type { Scene } from '../scene/scene.ts'
import { answerSlowly } from './challenges.ts'

interface Slow {
  /** Invocations that began, by the log, and those of them that ended. */
  begun: number
  ended: number
  ms: number
  outcome: string
}

/** One answer, and what the log says of it; lines come late, so it is read until it is still for a while. */
async function playSlow(scene: Scene): Promise<Slow> {
  const { clock, signal } = scene.aws
  const since = clock.now() - 60_000
  const { ms, value } = await answerSlowly(scene)
  const outcome = value instanceof Error ? said(value) : 'a challenge'
  await clock.sleep(scene.options.slowMs, signal)
  let seen = { begun: 0, ended: 0 }
  const until = clock.now() + patienceMs
  for (let still = 0; still < stillReads && clock.now() < until && !signal?.aborted; ) {
    const now = await readLog(scene, since)
    still = now.begun > 0 && now.begun === seen.begun && now.ended === seen.ended ? still + 1 : 0
    seen = now
    await clock.sleep(pauseMs, signal)
  }
  return { ...seen, ms, outcome }
}

/** Lines reach the log within seconds; a minute is for a bad day. */
const patienceMs = 60_000
const pauseMs = 2_000
const stillReads = 4

async function readLog(scene: Scene, startTime: number) {
  const { behind } = await scene.echoPool()
  const { logs } = scene.aws
  const ids = { begins: new Set<string>(), ends: new Set<string>() }
  let nextToken: string | undefined
  do {
    const page = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: behind.logGroup,
        startTime,
        filterPattern: '"slow"',
        nextToken,
      }),
    )
    for (const { message = '' } of page.events ?? []) {
      const [, what, id] = /"slow":"(begins|ends)","awsRequestId":"([^"]+)"/.exec(message) ?? []
      if (what && id) ids[what as keyof typeof ids].add(id)
    }
    nextToken = page.nextToken
  } while (nextToken)
  return { begun: ids.begins.size, ended: ids.ends.size }
}

/** Once more where the log stays empty: the right to write it may not have counted yet. */
const slow = (scene: Scene) =>
  scene.once('slow', async () => {
    const first = await playSlow(scene)
    return first.begun > 0 ? first : playSlow(scene)
  })

const counts: Record<number, string> = { 1: 'one', 3: 'three', 5: 'five' }

export const triggerAttempts: Probe = {
  matter: 'triggerAttempts',
  needs: 'triggers',
  cost: { requests: 15 },
  async run(scene) {
    const { begun, ms, outcome } = await slow(scene)
    const evidence = `one answer to a trigger that takes ${scene.options.slowMs} ms: ${begun} invocations in ${ms} ms, then ${outcome}`
    const way = counts[begun]
    if (begun === 0) return { evidence, why: 'the log shows none of them' }
    return way ? { way, evidence } : { evidence, why: 'the table knows no such number' }
  },
}

export const lateInvocation: Probe = {
  matter: 'lateInvocation',
  needs: 'triggers',
  cost: {},
  async run(scene) {
    const { begun, ended } = await slow(scene)
    const evidence = `of ${begun} invocations that Cognito gave up, ${ended} came to their end`
    if (begun === 0) return { evidence, why: 'the log shows none of them' }
    // Frozen, it goes on once the next invocation gets its process; the last one has no next.
    return { way: ended === begun ? 'goes-on' : 'stops', evidence }
  },
}
