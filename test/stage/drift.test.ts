// What people change by hand: ours is named by the plan and repaired by a deploy, theirs survives every update.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { examineStage } from '../../src/insight/doctor/stage.ts'
import { createExamination } from '../../src/insight/examination.ts'
import { problemsOf, readStatus, remediesOf } from '../../src/insight/status.ts'
import { arns, names, triggerNames } from '../../src/names.ts'
import { requireRecord } from '../../src/stage/recorded.ts'
import { rollOut } from '../../src/stage/rollout.ts'
import { createTheme } from '../../src/terminal/theme.ts'
import { resourceLines } from '../../src/views/status-view.ts'
import { dangers, drifts, editClient, editPool, type Hand, removals } from '../resources/by-hand.ts'
import { Runs } from './runs.ts'

let runs: Runs
let hand: Hand
beforeEach(async () => {
  runs = await Runs.start({ pageSize: 20 })
  const { refs } = await runs.deploy()
  const { aws } = await runs.byHand()
  const { advance } = runs.sandbox.clock
  hand = { aws, poolId: refs.userPoolId!, clientId: refs.loginClientId!, advance }
})
afterEach(() => runs.close())

const changes = async (env: Record<string, string> = {}) =>
  (await runs.plan({ env })).plan.filter((step) => step.action !== 'keep')

describe('a change by hand', () => {
  it('of each field that is ours is named by the plan and repaired by a deploy', async () => {
    for (const [what, drift] of Object.entries(drifts)) {
      await drift(hand)
      const [id, field] = what.split('/')
      const steps = await changes()
      expect(
        steps.map((step) => step.id),
        what,
      ).toEqual([id])
      if (field)
        expect(
          steps[0]?.fields.map((one) => one.field),
          what,
        ).toEqual([field])
      await runs.deploy()
      expect(await changes(), what).toEqual([])
    }
  })

  it('of all of them at once is repaired at once', async () => {
    for (const drift of Object.values(drifts)) await drift(hand)
    expect(new Set((await changes()).map((step) => step.id)).size).toBeGreaterThan(12)
    await runs.deploy()
    expect(await changes()).toEqual([])
    expect(await runs.verify()).toEqual([])
  })

  it.each(Object.keys(removals))(
    'that removes the %s is planned as one to create, and made good',
    async (id) => {
      await removals[id]!(hand)
      expect((await changes()).filter((step) => step.id === id)).toMatchObject([{ action: 'create' }])
      await runs.deploy()
      expect(await changes()).toEqual([])
      expect(await runs.verify()).toEqual([])
    },
  )

  it('of the table’s expiry within the hour is a matter of waiting, in words', async () => {
    const TableName = names.table('dev')
    const set = (Enabled: boolean) =>
      hand.aws.dynamodb.send(
        new dynamodb.UpdateTimeToLiveCommand({
          TableName,
          TimeToLiveSpecification: { AttributeName: 'ttl', Enabled },
        }),
      )
    hand.advance(61 * 60_000)
    await set(false)
    await expect(runs.deploy()).rejects.toMatchObject({ code: 'CHANGED_TOO_SOON' })
    hand.advance(61 * 60_000)
    await runs.deploy()
    expect(await changes()).toEqual([])
  })

  it('that left a log group to Lambda, without retention and tags, is repaired', async () => {
    const logGroupName = names.logGroup('dev', 'preSignUp')
    await hand.aws.logs.send(new logs.DeleteLogGroupCommand({ logGroupName }))
    await hand.aws.logs.send(new logs.CreateLogGroupCommand({ logGroupName }))
    await runs.deploy()
    const target = { resourceArn: arns.logGroup(hand.aws.place, 'preSignUp') }
    const { tags } = await hand.aws.logs.send(new logs.ListTagsForResourceCommand(target))
    expect(tags).toMatchObject({ 'whatsapp-otp:stage': 'dev' })
    expect(await runs.destroy()).toEqual([])
  })
})

describe('what somebody has put beside ours, or switched off', () => {
  const told = async () =>
    (await runs.plan()).plan.flatMap(({ id, dangers = [] }) => dangers.map((danger) => ({ id, ...danger })))

  it.each(Object.entries(dangers))('is told with the command that ends it: %s', async (_name, danger) => {
    const { id, what, isGrave, next, put, end } = danger
    expect(await told()).toEqual([])
    await put(hand)
    const seen = [
      {
        id,
        what: expect.stringContaining(what),
        next: expect.stringContaining(next),
        why: expect.any(String),
      },
    ]
    expect(await told()).toMatchObject(seen)
    expect((await told())[0]?.isGrave).toBe(isGrave)
    // It is no change to play: CI's check for changes does not stay red for ever.
    expect(await changes()).toEqual([])
    await runs.deploy({ env: { OTP_EXPIRY_MINUTES: '7' } })
    expect(await told()).toMatchObject(seen)
    await end(hand)
    expect(await told()).toEqual([])
  })

  it('ends a deploy with exit 1 where users cannot sign in for it, or somebody can who should not', async () => {
    const deploy = async () =>
      rollOut(
        await runs.plan({ env: { SENDZEN_API_URL: runs.sandbox.env().SENDZEN_API_URL! } }),
        { started: runs.clock.now() },
        { run: (_title, work) => work(), warn() {}, emit() {} },
      )
    await deploy()
    for (const [name, { put, end, isGrave, what, next }] of Object.entries(dangers)) {
      await put(hand)
      if (isGrave) {
        const words = { exitCode: 1, message: expect.stringContaining(what) }
        const wanted = { ...words, next: expect.arrayContaining([expect.stringContaining(next)]) }
        await expect(deploy(), name).rejects.toMatchObject({ code: 'VERIFY_FAILED', ...wanted })
      } else await deploy()
      await end(hand)
    }
    await deploy()
  })

  it('is seen by status and doctor, which name the command', async () => {
    for (const { put } of Object.values(dangers)) await put(hand)
    const stage = await runs.open()
    const status = await readStatus(stage)
    const grave = Object.values(dangers).filter(({ isGrave }) => isGrave)
    expect(problemsOf(status)).toEqual(
      expect.arrayContaining(grave.map(({ what }) => expect.stringContaining(what))),
    )
    const remedies = remediesOf(status)
    for (const { next } of grave) expect(remedies).toContainEqual(expect.stringContaining(next))
    // No deploy ends what somebody else has begun.
    expect(remedies.join('\n')).not.toContain('whatsapp-otp deploy')
    const lines = resourceLines(status.plan, { theme: createTheme(false), dataWidth: 300 })
    const exam = createExamination(stage.aws.clock, () => {})
    await examineStage(exam, stage, requireRecord(stage), status)
    for (const { what, next, isGrave } of Object.values(dangers)) {
      expect(lines).toContainEqual(expect.stringMatching(isGrave ? /^✖ / : /^! /))
      expect(lines.join('\n')).toContain(`: ${what}`)
      expect(lines.join('\n')).toContain(next)
      const found = exam.findings.find(({ detail }) => detail?.startsWith(what))
      expect(found, what).toMatchObject({
        verdict: isGrave ? 'fail' : 'warn',
        remedy: expect.stringContaining(next),
      })
    }
  })
})

describe('what is theirs', () => {
  /** Everything that a team may want to set beside ours. */
  const setTheirs = async () => {
    const { aws } = hand
    const FunctionName = names.function('dev', 'createAuthChallenge')
    const RoleName = names.role('dev', 'us-east-1', 'createAuthChallenge')
    const found = await aws.lambda.send(new lambda.GetFunctionConfigurationCommand({ FunctionName }))
    const Variables = { ...found.Environment?.Variables, NODE_OPTIONS: '--enable-source-maps' }
    await aws.lambda.send(
      new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }),
    )
    await aws.lambda.send(
      new lambda.AddPermissionCommand({
        FunctionName,
        StatementId: 'theirs',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
      }),
    )
    const Resource = arns.function(aws.place, 'createAuthChallenge')
    await aws.lambda.send(new lambda.TagResourceCommand({ Resource, Tags: { team: 'blue' } }))
    await aws.iam.send(new iam.TagRoleCommand({ RoleName, Tags: [{ Key: 'team', Value: 'blue' }] }))
    await aws.iam.send(
      new iam.PutRolePolicyCommand({
        RoleName,
        PolicyName: 'tracing',
        PolicyDocument:
          '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"xray:PutTraceSegments","Resource":"*"}]}',
      }),
    )
    const pool = { UserPoolId: hand.poolId }
    const { UserPool } = await aws.cognito.send(new cognito.DescribeUserPoolCommand(pool))
    await editPool(hand, {
      UserPoolTags: { ...UserPool?.UserPoolTags, team: 'blue' },
      Policies: { PasswordPolicy: { MinimumLength: 14, RequireNumbers: true } },
      EmailVerificationSubject: 'Hello',
    })
    await editClient(hand, { AccessTokenValidity: 15, RefreshTokenValidity: 7 })
  }

  const getTheirs = async () => {
    const { aws, poolId: UserPoolId, clientId: ClientId } = hand
    const FunctionName = names.function('dev', 'createAuthChallenge')
    const RoleName = names.role('dev', 'us-east-1', 'createAuthChallenge')
    const [fn, policy, role, inline, pool, client] = await Promise.all([
      aws.lambda.send(new lambda.GetFunctionCommand({ FunctionName })),
      aws.lambda.send(new lambda.GetPolicyCommand({ FunctionName })),
      aws.iam.send(new iam.GetRoleCommand({ RoleName })),
      aws.iam.send(new iam.ListRolePoliciesCommand({ RoleName })),
      aws.cognito.send(new cognito.DescribeUserPoolCommand({ UserPoolId })),
      aws.cognito.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId })),
    ])
    const { PasswordPolicy } = pool.UserPool?.Policies ?? {}
    const { AccessTokenValidity, RefreshTokenValidity } = client.UserPoolClient ?? {}
    return {
      variable: fn.Configuration?.Environment?.Variables?.NODE_OPTIONS,
      permission: JSON.parse(policy.Policy!)
        .Statement.map(({ Sid }: { Sid: string }) => Sid)
        .sort(),
      tags: [fn.Tags?.team, role.Role?.Tags?.find(({ Key }) => Key === 'team')?.Value],
      poolTag: pool.UserPool?.UserPoolTags?.team,
      policies: inline.PolicyNames,
      password: [PasswordPolicy?.MinimumLength, PasswordPolicy?.RequireNumbers],
      subject: pool.UserPool?.EmailVerificationSubject,
      tokens: [AccessTokenValidity, RefreshTokenValidity],
    }
  }

  it('is no change to the plan, and is there after every field of ours was changed', async () => {
    await setTheirs()
    expect(await changes()).toEqual([])
    const before = await getTheirs()
    expect(before).toEqual({
      variable: '--enable-source-maps',
      permission: ['theirs', names.permission],
      tags: ['blue', 'blue'],
      poolTag: 'blue',
      policies: ['tracing', names.rolePolicy],
      password: [14, true],
      subject: 'Hello',
      tokens: [15, 7],
    })
    for (const drift of Object.values(drifts)) await drift(hand)
    const env = {
      OTP_EXPIRY_MINUTES: '9',
      SMS_FALLBACK: 'true',
      USER_POOL_TIER: 'ESSENTIALS',
      LOG_LEVEL: 'WARN',
    }
    await runs.deploy({ env })
    expect(await changes(env)).toEqual([])
    expect(await getTheirs()).toEqual(before)
  })

  it('goes with the stage where it is a part of ours: a role’s other policies', async () => {
    await setTheirs()
    expect(await runs.destroy()).toEqual([])
    expect(triggerNames.length).toBe(5)
    expect(runs.sandbox.inventory()).toEqual([])
  })
})
