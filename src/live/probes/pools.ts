// How pools are made, tagged, read and updated.
import {
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Probe } from '../scene/probe.ts'
import { said } from '../scene/said.ts'
import { markTag } from '../scene/things.ts'

export const poolFunctions: Probe = {
  matter: 'poolFunctions',
  needs: 'pool',
  cost: { requests: 2 },
  async run(scene) {
    const { refusal } = await scene.barePool()
    const asked = 'CreateUserPool with the ARN of a function that does not exist'
    return refusal
      ? { way: 'checked', evidence: `${asked} was refused: ${said(refusal)}` }
      : { way: 'unchecked', evidence: `${asked} made the pool` }
  },
}

export const poolTags: Probe = {
  matter: 'poolTags',
  needs: 'pool',
  cost: { requests: 5 },
  async run(scene) {
    const { tagsAfterMs, reads } = await scene.barePool()
    if (tagsAfterMs === undefined) {
      return { way: 'late', evidence: `${reads} times DescribeUserPool showed no tags of a new pool` }
    }
    return {
      way: reads === 1 ? 'at-once' : 'late',
      evidence: `DescribeUserPool number ${reads}, ${tagsAfterMs} ms after CreateUserPool, showed the tags; when permissions follow them was not asked`,
    }
  },
}

/** The settings that nobody ever made. */
const uncustomised = [
  'AcrConfiguration',
  'DcrConfiguration',
  'KeyConfiguration',
  'IssuerConfiguration',
] as const

export const poolReadBack: Probe = {
  matter: 'poolReadBack',
  needs: 'pool',
  cost: { requests: 2 },
  async run(scene) {
    const { id, first } = await scene.barePool()
    const shown = uncustomised.filter((key) => Object.keys(first[key] ?? {}).length > 0)
    if (shown.length === 0) {
      return {
        way: 'plain',
        evidence: `DescribeUserPool of a new pool shows none of ${uncustomised.join(', ')}`,
      }
    }
    const back = Object.fromEntries(shown.map((key) => [key, first[key]]))
    const sent = { UserPoolId: id, UserPoolTier: first.UserPoolTier, ...back, ...kept(first) }
    const outcome = await scene.aws.cognito.send(new UpdateUserPoolCommand(sent)).then(
      () => 'taken',
      (error) => `refused: ${said(error)}`,
    )
    return {
      way: 'merged',
      evidence: `DescribeUserPool of a new pool shows ${shown.join(', ')}; sent back in the tier ${first.UserPoolTier} they are ${outcome}`,
    }
  },
}

const kept = ({ DeletionProtection, UserPoolTags, AccountRecoverySetting }: UserPoolType) => ({
  DeletionProtection,
  UserPoolTags,
  AccountRecoverySetting,
})

export const omittedPoolFields: Probe = {
  matter: 'omittedPoolFields',
  needs: 'pool',
  cost: { requests: 2 },
  async run(scene) {
    const { id: UserPoolId } = await scene.barePool()
    const { cognito } = scene.aws
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId }))
    const { UserPool = {} } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))
    const seen = {
      protection: UserPool.DeletionProtection === 'ACTIVE',
      tags: UserPool.UserPoolTags?.[markTag] !== undefined,
      tier: UserPool.UserPoolTier === 'LITE',
      recovery: UserPool.AccountRecoverySetting?.RecoveryMechanisms?.[0]?.Name === 'admin_only',
      triggers: Object.keys(UserPool.LambdaConfig ?? {}).length > 0,
    }
    const names = (is: boolean) =>
      Object.entries(seen)
        .flatMap(([name, stays]) => (stays === is ? [name] : []))
        .join(', ') || 'nothing'
    return {
      way: Object.values(seen).includes(true) ? 'kept' : 'reset',
      evidence: `after UpdateUserPool with the id alone: ${names(true)} kept, ${names(false)} reset`,
    }
  },
}

export const liteTriggers: Probe = {
  matter: 'liteTriggers',
  needs: 'triggers',
  cost: { requests: 3 },
  async run(scene) {
    const { liteRefusal, tier } = await scene.echoPool()
    return liteRefusal
      ? { way: 'refused', evidence: `in the tier LITE: ${said(liteRefusal)}; ${tier} runs them` }
      : { way: 'run', evidence: 'a pool of the tier LITE gave a custom challenge' }
  },
}
