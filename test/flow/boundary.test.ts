// A boundary on the roles: enough for every function, and the end of what a role can be given.
import {
  CreatePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arns, names, tagsOf, triggerNames } from '../../src/names.ts'
import { boundaryPolicy } from '../../src/stage/policy/policies.ts'
import type { PolicyDocument } from '../../src/stage/policy/printable.ts'
import { lessened } from '../stage/lessened.ts'
import { healthy, observe } from './observation.ts'
import { keepsItsSecrets, Stage } from './stage.ts'

let stage: Stage
let boundary: PolicyDocument
beforeAll(async () => {
  stage = await Stage.open({ SMS_FALLBACK: 'true' }, { takenSignUp: 'asked' })
  stage.sandbox.inside.world.unsettled.smsPermission = 'sms-voice'
  boundary = boundaryPolicy(stage.aws.place, { smsFallback: true })
  await stage.deploy({ PERMISSIONS_BOUNDARY: await managed(boundary) })
})
afterAll(() => stage?.close())

let count = 0
async function managed(document: PolicyDocument): Promise<string> {
  const PolicyName = `limit-${++count}`
  const PolicyDocument = JSON.stringify(document)
  const { Policy } = await stage.aws.iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }))
  return Policy!.Arn!
}

const roleNames = () => triggerNames.map((trigger) => names.role('flow', stage.aws.place.region, trigger))

async function limitAll(document: PolicyDocument): Promise<void> {
  const PermissionsBoundary = await managed(document)
  for (const RoleName of roleNames()) {
    await stage.aws.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }))
  }
}

describe('the boundary of a stage', () => {
  it.each(triggerNames)('is enough for %s', async (trigger) => {
    expect(await observe(stage, trigger)).toEqual(healthy(trigger))
  })

  it('has nothing in it that no function would miss, but what only older versions read', async () => {
    const needless: string[] = []
    for (const { without, policy } of lessened(boundary, (_, part) => part === 'Action')) {
      await limitAll(policy)
      const seen = await observe(stage, 'createAuthChallenge')
      if (JSON.stringify(seen) === JSON.stringify(healthy('createAuthChallenge'))) needless.push(without)
    }
    await limitAll(boundary)
    expect(needless).toEqual(['ssm:GetParameter'])
  })

  it('lets a role that was given everything do no more than the functions of its stage do', async () => {
    const { place } = stage.aws
    const Everything = { Effect: 'Allow', Action: '*', Resource: '*' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [Everything] })
    const [RoleName] = roleNames()
    await stage.aws.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'theirs', PolicyDocument }))
    const role = stage.sandbox.inside.findRole(arns.role(place, 'preSignUp'))!
    const prod = { ...place, stage: 'prod' }
    const tags = (stageName: string) =>
      Object.fromEntries(
        Object.entries(tagsOf(stageName)).map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
      )
    const pool = arns.pool(place, 'us-east-1_Other')
    const may = (action: string, resource: string, context = {}) =>
      role.judge(action, resource, context).verdict === 'allowed'
    expect(may('dynamodb:GetItem', arns.table(place))).toBe(true)
    expect(may('cognito-idp:AdminUpdateUserAttributes', pool, tags('flow'))).toBe(true)
    expect(may('cognito-idp:AdminSetUserPassword', pool, tags('flow'))).toBe(true)
    for (const [action, resource, context] of [
      ['iam:CreateUser', '*'],
      ['iam:PutRolePolicy', arns.role(place, 'preSignUp')],
      ['sts:AssumeRole', 'arn:aws:iam::123456789012:role/admin'],
      ['lambda:UpdateFunctionCode', arns.function(place, 'preSignUp')],
      ['dynamodb:DeleteTable', arns.table(place)],
      ['dynamodb:GetItem', arns.table(prod)],
      ['ssm:GetParameters', arns.parameter(place, names.masterKey('prod'))],
      ['ssm:GetParametersByPath', arns.parameter(place, names.recordPath)],
      ['ssm:PutParameter', arns.parameter(place, names.masterKey('flow'))],
      ['cognito-idp:AdminUpdateUserAttributes', pool],
      ['cognito-idp:AdminUpdateUserAttributes', pool, tags('prod')],
      ['cognito-idp:AdminSetUserPassword', pool, tags('prod')],
      ['cognito-idp:AdminCreateUser', pool, tags('flow')],
      ['cognito-idp:AdminDeleteUser', pool, tags('flow')],
      ['sns:Publish', 'arn:aws:sns:us-east-1:123456789012:alerts'],
      ['s3:GetObject', 'arn:aws:s3:::anything/at-all'],
    ] as const) {
      expect(may(action, resource, context), `${action} on ${resource}`).toBe(false)
    }
  })

  it('is without SMS where that is off', () => {
    const actions = boundaryPolicy(stage.aws.place, { smsFallback: false }).Statement.flatMap(
      ({ Action }) => Action,
    )
    expect(actions.filter((action) => /^s(ns|ms)/.test(action))).toEqual([])
  })
})

keepsItsSecrets(() => stage)
