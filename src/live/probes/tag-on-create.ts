// What giving tags to a new pool takes: asked with the rights of a role that has little.
import type { EchoFunction, Statement } from '../scene/echo-function.ts'
import type { Probe } from '../scene/probe.ts'
import type { Scene } from '../scene/scene.ts'
import { markTag, poolThing } from '../scene/things.ts'

const create: Statement = { Action: ['cognito-idp:CreateUserPool'], Resource: '*' }

/** New permissions count within seconds. */
const patienceMs = 30_000
const pauseMs = 2_000

export const tagOnCreate: Probe = {
  matter: 'tagOnCreate',
  needs: 'triggers',
  cost: { requests: 20 },
  async run(scene) {
    // The function that the pool of the others stands on: what its role may do is theirs until then.
    const { behind } = await scene.echoPool()
    const asked = 'CreateUserPool with tags by a role that has'
    const plain = await makeTagged(scene, behind, [create])
    if (plain.id) return { way: 'nothing', evidence: `${asked} that action alone made the pool` }
    if (plain.missing !== 'cognito-idp:TagResource') {
      return {
        evidence: `${asked} that action alone: ${told(plain)}`,
        why: 'the refusal names another action',
      }
    }
    const { partition, region, account } = scene.aws.place
    const tagging: Statement = {
      Action: ['cognito-idp:TagResource'],
      Resource: `arn:${partition}:cognito-idp:${region}:${account}:userpool/*`,
      Condition: { StringEquals: { [`aws:ResourceTag/${markTag}`]: scene.mark.runId } },
    }
    const tagged = await makeTagged(scene, behind, [create, tagging])
    const both = `${asked} that action alone: ${told(plain)}; with TagResource on pools that have the tags already`
    if (tagged.id) return { way: 'tag-tagged', evidence: `${both} it made the pool` }
    return { way: 'tag-untagged', evidence: `${both}: ${told(tagged)}` }
  },
}

const told = ({ status, missing }: { status: number; missing: string | null }) =>
  `HTTP ${status}${missing ? `, ${missing} is missing` : ''}`

/** Tries until the permission that was just written has had its time. */
async function makeTagged(scene: Scene, behind: EchoFunction, statements: Statement[]) {
  const { clock, signal } = scene.aws
  const { mark, options, made } = scene
  await behind.permit(statements)
  const name = `${options.prefix}-tagged`
  const thing = poolThing(mark, name)
  made.expect(thing)
  const pool = { PoolName: name, UserPoolTier: 'LITE', UserPoolTags: { [markTag]: mark.runId } }
  const began = clock.now()
  for (;;) {
    const answer = await behind.invoke({ pool })
    if (answer.id) thing.hasId(answer.id)
    if (answer.id || clock.now() - began > patienceMs || signal?.aborted) return answer
    await clock.sleep(pauseMs, signal)
  }
}
