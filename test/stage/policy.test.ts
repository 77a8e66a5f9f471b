// The policy of a stage: enough for its whole life, nothing in it that is not needed, nothing of others in reach.
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import * as ssm from '@aws-sdk/client-ssm'
import { afterAll, describe, expect, it } from 'vitest'
import { readLogEvents } from '../../src/aws/log-events.ts'
import { newMasterKey } from '../../src/core/master-key.ts'
import { readPoolSends } from '../../src/insight/pool-sends.ts'
import { arns, names, tagsOf, triggerNames } from '../../src/names.ts'
import { readMasterKey } from '../../src/resources/master-key.ts'
import { readProviderKey } from '../../src/resources/provider-key.ts'
import { listRecords } from '../../src/resources/stage-record.ts'
import { adoptionPolicy, boundaryPolicy, deployPolicy } from '../../src/stage/policy/policies.ts'
import { type PolicyDocument, policyLimit, printable, sizeOf } from '../../src/stage/policy/printable.ts'
import { verifyStack } from '../../src/stage/verify.ts'
import { drifts, type Hand, removals } from '../resources/by-hand.ts'
import { trust } from '../resources/contract-case.ts'
import { lessened, needless } from './lessened.ts'
import { Runs } from './runs.ts'

const place = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }
const whole = deployPolicy(place)
const together = (...all: PolicyDocument[]): PolicyDocument => ({
  ...whole,
  Statement: all.flatMap(({ Statement }) => Statement),
})
/** Where a new pool is tagged by a call that is asked for by itself. */
const world = { tagOnCreate: 'tag-tagged' } as const

const figures: string[] = []
afterAll(() => {
  process.stdout.write(`policy: ${sizeOf(whole)} of ${policyLimit} characters; ${figures.join(', ')}\n`)
})

/** Does something with all rights, and goes on with those of the policy. */
async function asOwner(runs: Runs, policy: PolicyDocument, act: (hand: Hand) => Promise<unknown>) {
  runs.sandbox.setCallerPolicy(undefined)
  const { observed } = await runs.plan()
  const { aws } = await runs.byHand()
  const { userPoolId: poolId = '', loginClientId: clientId = '' } = observed.refs
  await act({ aws, poolId, clientId, advance: runs.sandbox.clock.advance })
  runs.sandbox.setCallerPolicy(policy)
}

/** A pool as an older version of this tool might have left it: ours, but without the attributes. */
const leaveOldPool = async ({ aws }: Pick<Hand, 'aws'>) => {
  await aws.cognito.send(
    new cognito.CreateUserPoolCommand({
      PoolName: names.pool('dev'),
      UserPoolTags: tagsOf('dev'),
      UsernameAttributes: ['phone_number'],
      UsernameConfiguration: { CaseSensitive: false },
    }),
  )
}

/** What somebody else added to a role goes with it. */
const addPolicies = async ({ aws }: Hand) => {
  const RoleName = names.role('dev', 'us-east-1', 'preSignUp')
  const PolicyArn = 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'
  await aws.iam.send(
    new iam.PutRolePolicyCommand({
      RoleName,
      PolicyName: 'theirs',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' }],
      }),
    }),
  )
  await aws.iam.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn })).catch((error) => {
    if (error.name !== 'NoSuchEntityException') throw error
    const known = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
    return aws.iam.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: known }))
  })
}

/** A parameter whose content tells nothing: its tags say that it is ours, and that it must not be lost. */
async function meetBroken(runs: Runs, policy: PolicyDocument, Name: string, code: string): Promise<void> {
  let text: string | undefined
  await asOwner(runs, policy, async ({ aws }) => {
    text = (await aws.ssm.send(new ssm.GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value
    await aws.ssm.send(new ssm.PutParameterCommand({ Name, Value: 'broken', Overwrite: true }))
  })
  await expect(runs.deploy()).rejects.toMatchObject({ code })
  runs.sandbox.setCallerPolicy(undefined)
  const { aws } = await runs.byHand({ stage: 'none' })
  await aws.ssm.send(new ssm.PutParameterCommand({ Name, Value: text, Overwrite: true }))
  runs.sandbox.setCallerPolicy(policy)
}

/** What an older version has made; its tags say so. */
const putFormer =
  (Value: string) =>
  async ({ aws }: Hand) => {
    const Name = names.secrets('dev')
    const Tags = Object.entries(tagsOf('dev')).map(([Key, Value]) => ({ Key, Value }))
    await aws.ssm.send(new ssm.DeleteParameterCommand({ Name })).catch(() => {})
    await aws.ssm.send(new ssm.PutParameterCommand({ Name, Value, Type: 'SecureString', Tags }))
  }

/** The whole life of a stage under one policy; throws where it does not suffice. */
async function live(
  runs: Runs,
  policy: PolicyDocument,
  { signIn = false, env = {} as Record<string, string> } = {},
): Promise<void> {
  runs.sandbox.setCallerPolicy(undefined)
  await leaveOldPool(await runs.byHand())
  // By then its tags count.
  runs.sandbox.clock.advance(10_000)
  runs.sandbox.setCallerPolicy(policy)
  await runs.deploy({ env })
  await runs.destroy()
  const played = await runs.deploy({ env })
  expect(await lockOf(runs, policy)).toBeUndefined()
  const { aws } = await runs.open()
  if (signIn) expect((await verifyStack(aws, played)).filter((check) => !check.ok)).toEqual([])
  expect((await listRecords(aws)).map(({ stage }) => stage)).toEqual(['dev'])
  expect([await readMasterKey(aws), await readProviderKey(aws)]).not.toContain(undefined)
  await readPoolSends(aws, played.refs.userPoolId!)
  const groups = triggerNames.map((name) => names.logGroup('dev', name))
  await readLogEvents(aws, { groups, from: 0 }).next()

  await asOwner(runs, policy, async (hand) => {
    // Who may take a role is put right by an administrator alone.
    const { 'role:preSignUp/trustPolicy': _, ...others } = drifts
    for (const drift of Object.values(others)) await drift(hand)
  })
  await runs.deploy({ env: { OTP_EXPIRY_MINUTES: '9', USER_POOL_TIER: 'ESSENTIALS', LOG_LEVEL: 'DEBUG' } })
  for (const [id, removal] of Object.entries(removals)) {
    await asOwner(runs, policy, removal)
    await runs.deploy()
    expect(
      (await runs.plan()).plan.filter((step) => step.action !== 'keep'),
      id,
    ).toEqual([])
  }
  for (const parameter of [names.masterKey, names.providerKey]) {
    await meetBroken(runs, policy, parameter('dev'), 'REPLACE_REFUSED')
  }
  // As an older version has left it.
  await asOwner(runs, policy, putFormer('broken'))
  await expect(runs.deploy()).rejects.toMatchObject({ code: 'REPLACE_REFUSED' })
  await asOwner(runs, policy, putFormer(JSON.stringify({ sendzenApiKey: 'key', ...newMasterKey() })))
  await runs.deploy()
  await meetBroken(runs, policy, names.record('dev'), 'RECORD_UNREADABLE')
  // Killed with the stage in hand, a run is taken over, and one that fails leaves word.
  await asOwner(runs, policy, addPolicies)
  runs.sandbox.faults.add({ service: 'lambda', operation: 'DeleteFunction', kind: 'fail-before', times: 30 })
  await expect(runs.destroy()).rejects.toMatchObject({ code: 'AWS_ERROR' })
  runs.sandbox.faults.clear()
  expect(await lockOf(runs, policy)).toMatchObject({ isFree: { S: 'yes' } })
  expect(await runs.destroy()).toEqual([])
}

/** What stands in the table of who holds the stage. */
async function lockOf(runs: Runs, policy: PolicyDocument) {
  runs.sandbox.setCallerPolicy(undefined)
  const { aws } = await runs.open()
  const { Item } = await aws.dynamodb.send(
    new GetItemCommand({ TableName: names.table('dev'), Key: { pk: { S: 'L#dev' } } }),
  )
  runs.sandbox.setCallerPolicy(policy)
  return Item
}

const roleName = names.role('dev', 'us-east-1', 'preSignUp')

/** An account that has the boundary of the stage, and the policy that asks for it. */
async function withBoundary(runs: Runs) {
  const { aws } = await runs.byHand()
  const { Policy } = await aws.iam.send(
    new iam.CreatePolicyCommand({
      PolicyName: 'limit',
      PolicyDocument: JSON.stringify(printable(boundaryPolicy(place, { smsFallback: false }), place.stage)),
    }),
  )
  const PermissionsBoundary = Policy!.Arn!
  const bounded = printable(deployPolicy(place, PermissionsBoundary), place.stage)
  return { PermissionsBoundary, bounded, env: { PERMISSIONS_BOUNDARY: PermissionsBoundary } }
}

async function allDenied(calls: (() => Promise<unknown>)[]): Promise<void> {
  const denied = expect.objectContaining({ name: expect.stringMatching(/AccessDenied|NotAuthorized/) })
  for (const call of calls) await expect(call(), String(call)).rejects.toEqual(denied)
}

describe('the policy of a stage', () => {
  it('fits into a managed policy, whatever the names of stage and region', () => {
    const longest = { stage: 'a'.repeat(16), account: place.account }
    for (const region of ['ap-southeast-2', 'us-gov-west-1', 'cn-northwest-1']) {
      const partition = region.startsWith('us-gov')
        ? 'aws-us-gov'
        : region.startsWith('cn')
          ? 'aws-cn'
          : 'aws'
      const there = { ...longest, region, partition }
      const boundary = `arn:${partition}:iam::${place.account}:policy/whatsapp-otp-${longest.stage}-${region}-boundary`
      const size = sizeOf(printable(deployPolicy(there, boundary), there.stage))
      expect(size).toBeLessThanOrEqual(policyLimit)
      expect(sizeOf(deployPolicy(there))).toBeLessThan(sizeOf(deployPolicy(there, boundary)))
      expect(sizeOf(boundaryPolicy(there, { smsFallback: true }))).toBeLessThanOrEqual(policyLimit)
      figures.push(`${size} at most in ${region}`)
    }
  })

  it('shortens names only where it must, and to what no other stage can have', () => {
    expect(printable(whole, 'dev')).toBe(whole)
    const long = deployPolicy({ ...place, stage: 'a'.repeat(16), region: 'ap-southeast-2' })
    const short = printable({ ...long, Statement: [...long.Statement, ...long.Statement] }, 'a'.repeat(16))
    const [roles = []] = short.Statement.map(({ Resource }) => Resource)
    const first = roles.filter((arn) => arn.includes(':role/')).slice(0, 3)
    expect(first.map((arn) => arn.split('-').at(-1))).toEqual([
      'preSignUp',
      '??????AuthChallenge',
      'postConfirmation',
    ])
    // Six characters stand for a verb: a longer stage would need a hyphen and its trigger besides.
    const pattern = new RegExp(`^${names.function('dev', 'createAuthChallenge').replace('create', '.{6}')}$`)
    for (const trigger of triggerNames) {
      for (const stage of ['dev-a', 'dev-a1', 'dev-create', 'de', 'd']) {
        expect(names.function(stage, trigger)).not.toMatch(pattern)
      }
    }
  })

  it.each([{ tagOnCreate: 'nothing' }, { tagOnCreate: 'tag-tagged' }, { poolTags: 'late' }] as const)(
    'is enough for everything from the first deploy to the destroy (%o)',
    async (world) => {
      const runs = await Runs.start({ pageSize: 20, world, delays: { poolTags: 5_000 } })
      await live(runs, whole, { signIn: true })
      await runs.close()
    },
  )

  it('is enough once an administrator has deployed, where a new pool is tagged as any pool is', async () => {
    const runs = await Runs.start({ pageSize: 20, world: { tagOnCreate: 'tag-untagged' } })
    runs.sandbox.setCallerPolicy(whole)
    await expect(runs.deploy()).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      next: expect.arrayContaining([expect.stringContaining('--stage dev   once as an administrator')]),
    })
    runs.sandbox.setCallerPolicy(undefined)
    await runs.deploy()
    runs.sandbox.setCallerPolicy(whole)
    await runs.deploy({ env: { OTP_EXPIRY_MINUTES: '9', USER_POOL_TIER: 'ESSENTIALS' } })
    expect(await runs.destroy()).toEqual([])
    await runs.close()
  })

  it('is enough with a boundary, which every role has then', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    const { bounded, env, PermissionsBoundary } = await withBoundary(runs)
    await live(runs, bounded, { signIn: true, env })
    runs.sandbox.setCallerPolicy(undefined)
    await runs.deploy()
    const { aws } = await runs.byHand()
    // What was deployed without one gets it, and what somebody took away or replaced is put right.
    const foreign = { PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess', RoleName: roleName }
    for (const spoil of [
      async () => {},
      () => aws.iam.send(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName: roleName })),
      () => aws.iam.send(new iam.PutRolePermissionsBoundaryCommand(foreign)),
    ]) {
      runs.sandbox.setCallerPolicy(undefined)
      await spoil()
      runs.sandbox.setCallerPolicy(bounded)
      await runs.deploy({ env })
      for (const trigger of triggerNames) {
        const RoleName = names.role('dev', 'us-east-1', trigger)
        const { Role } = await aws.iam.send(new iam.GetRoleCommand({ RoleName }))
        expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundary)
      }
    }
    // Without the setting, which the record keeps, it stays; and none takes nothing away.
    await runs.deploy({ env: { PERMISSIONS_BOUNDARY: 'none' } })
    const { Role } = await aws.iam.send(new iam.GetRoleCommand({ RoleName: roleName }))
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundary)
    await runs.close()
  })

  it('needs, with a boundary, one action more', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    const { bounded, env } = await withBoundary(runs)
    await runs.deploy()
    const Statement = bounded.Statement.map((one) => ({
      ...one,
      Action: one.Action.filter((action) => one.Effect === 'Deny' || !action.endsWith('PermissionsBoundary')),
    }))
    runs.sandbox.setCallerPolicy({ ...bounded, Statement })
    await expect(runs.deploy({ env })).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    runs.sandbox.setCallerPolicy(bounded)
    await runs.deploy({ env })
    await runs.close()
  })

  it('makes, changes and fills no role without the boundary, and gives nobody’s role away', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    const { bounded, env, PermissionsBoundary } = await withBoundary(runs)
    await runs.deploy({ env })
    const { aws } = await runs.byHand()
    const admin = 'arn:aws:iam::aws:policy/AdministratorAccess'
    const everything = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    })
    const RoleName = roleName
    const AssumeRolePolicyDocument = trust('lambda.amazonaws.com')
    const create = (more: Partial<iam.CreateRoleCommandInput>) =>
      aws.iam.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, ...more }))
    const fill = () =>
      aws.iam.send(
        new iam.PutRolePolicyCommand({ RoleName, PolicyName: 'theirs', PolicyDocument: everything }),
      )
    const foreignRole = { RoleName: 'admin', AssumeRolePolicyDocument }
    await aws.iam.send(new iam.CreateRoleCommand(foreignRole))
    runs.sandbox.setCallerPolicy(bounded)
    const attempts = {
      unlimit: () => aws.iam.send(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName })),
      limitLess: () =>
        aws.iam.send(new iam.PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: admin })),
      attach: () => aws.iam.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: admin })),
      trust: () =>
        aws.iam.send(
          new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust('ec2.amazonaws.com') }),
        ),
      tag: () => aws.iam.send(new iam.TagRoleCommand({ RoleName, Tags: [{ Key: 'team', Value: 'admins' }] })),
      another: () => create({ RoleName: 'another', PermissionsBoundary }),
      unlimited: () => create({}),
      limitedLess: () => create({ PermissionsBoundary: admin }),
      tagged: () => create({ PermissionsBoundary, Tags: [{ Key: 'team', Value: 'admins' }] }),
      otherStage: () =>
        create({ RoleName: names.role('prod', 'us-east-1', 'preSignUp'), PermissionsBoundary }),
      pass: () =>
        aws.lambda.send(
          new lambda.UpdateFunctionConfigurationCommand({
            FunctionName: names.function('dev', 'preSignUp'),
            Role: 'arn:aws:iam::123456789012:role/admin',
          }),
        ),
      moveLimit: () =>
        aws.iam.send(
          new iam.CreatePolicyVersionCommand({
            PolicyArn: PermissionsBoundary,
            PolicyDocument: everything,
            SetAsDefault: true,
          }),
        ),
    }
    const { moveLimit, ...others } = attempts
    await allDenied(Object.values(others))
    // The sandbox keeps one version of each policy.
    await expect(moveLimit()).rejects.toThrow()
    // With its boundary a role can be filled, which gives it nothing: see test/flow/boundary.test.ts.
    await fill()
    runs.sandbox.setCallerPolicy(undefined)
    await aws.iam.send(new iam.DeleteRolePermissionsBoundaryCommand({ RoleName }))
    runs.sandbox.setCallerPolicy(bounded)
    await allDenied([fill])
    // Without a boundary it is this easy.
    runs.sandbox.setCallerPolicy(whole)
    await fill()
    await runs.close()
  })

  it('is refused where the boundary is of another account', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    const env = { PERMISSIONS_BOUNDARY: 'arn:aws:iam::111122223333:policy/limit' }
    await expect(runs.deploy({ env })).rejects.toMatchObject({ code: 'BOUNDARY_ELSEWHERE' })
    const cn = { PERMISSIONS_BOUNDARY: 'arn:aws-cn:iam::123456789012:policy/limit' }
    await expect(runs.deploy({ env: cn })).rejects.toMatchObject({ code: 'BOUNDARY_ELSEWHERE' })
    const absent = { PERMISSIONS_BOUNDARY: 'arn:aws:iam::123456789012:policy/limit' }
    await expect(runs.deploy({ env: absent })).rejects.toMatchObject({ code: 'BOUNDARY_NOT_FOUND' })
    await runs.close()
  })

  it('leaves the trust of a role to an administrator, and says how', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    await runs.deploy()
    await asOwner(runs, whole, drifts['role:preSignUp/trustPolicy']!)
    await expect(runs.deploy()).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      next: expect.arrayContaining([expect.stringContaining('aws iam update-assume-role-policy')]),
    })
    runs.sandbox.setCallerPolicy(undefined)
    await runs.deploy()
    await runs.close()
  })

  it('takes a pool over with one more policy, for that pool alone', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    const { aws } = await runs.byHand()
    const made = await aws.cognito.send(
      new cognito.CreateUserPoolCommand({
        PoolName: names.pool('dev'),
        UsernameAttributes: ['phone_number'],
        UsernameConfiguration: { CaseSensitive: false },
      }),
    )
    const poolId = made.UserPool!.Id!
    const adopt = { adopt: new Set(['user-pool']) }
    runs.sandbox.setCallerPolicy(whole)
    await expect(runs.deploy(adopt)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      next: expect.arrayContaining([expect.stringContaining(`whatsapp-otp policy --adopt ${poolId}`)]),
    })
    runs.sandbox.setCallerPolicy(together(whole, adoptionPolicy(place, `${poolId}x`)))
    await expect(runs.deploy(adopt)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
    runs.sandbox.setCallerPolicy(together(whole, adoptionPolicy(place, poolId)))
    const { refs } = await runs.deploy(adopt)
    expect(refs.userPoolId).toBe(poolId)
    // From now on it is the stage's.
    runs.sandbox.setCallerPolicy(whole)
    await runs.deploy({ env: { USER_POOL_TIER: 'ESSENTIALS' } })
    expect(await runs.destroy()).toEqual([])
    await runs.close()
  })

  it('has nothing in it that could be missing', { timeout: 300_000 }, async () => {
    const all = lessened(whole)
    const enough = await needless(all, { pageSize: 20, world }, live)
    figures.push(`${all.length - enough.length} of ${all.length} actions and resources needed`)
    expect(enough).toEqual([])
  })

  it('reaches neither another stage nor what nobody tagged', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    await runs.deploy({ stage: 'dev-2' })
    const { aws } = await runs.byHand({ stage: 'dev-2' })
    const other = await runs.plan({ stage: 'dev-2' })
    const UserPoolId = other.observed.refs.userPoolId
    runs.sandbox.setCallerPolicy(whole)
    const FunctionName = names.function('dev-2', 'preSignUp')
    const RoleName = names.role('dev-2', 'us-east-1', 'preSignUp')
    const ClientId = other.observed.refs.loginClientId
    const ResourceArn = arns.pool(place, UserPoolId!)
    await allDenied([
      () => aws.cognito.send(new cognito.DeleteUserPoolCommand({ UserPoolId })),
      () => aws.cognito.send(new cognito.UpdateUserPoolCommand({ UserPoolId, UserPoolTags: tagsOf('dev') })),
      () => aws.cognito.send(new cognito.TagResourceCommand({ ResourceArn, Tags: tagsOf('dev') })),
      () => aws.cognito.send(new cognito.ListUserPoolClientsCommand({ UserPoolId })),
      () => aws.cognito.send(new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId })),
      () => aws.cognito.send(new cognito.CreateUserPoolCommand({ PoolName: 'mine' })),
      () =>
        aws.cognito.send(
          new cognito.CreateUserPoolCommand({ PoolName: 'mine', UserPoolTags: tagsOf('dev-2') }),
        ),
      () => aws.lambda.send(new lambda.DeleteFunctionCommand({ FunctionName })),
      () => aws.iam.send(new iam.GetRoleCommand({ RoleName })),
      () => aws.ssm.send(new ssm.GetParameterCommand({ Name: names.masterKey('dev-2') })),
      () => aws.ssm.send(new ssm.GetParametersCommand({ Names: [names.providerKey('dev-2')] })),
      () => aws.ssm.send(new ssm.GetParametersByPathCommand({ Path: '/whatsapp-otp-functions/dev-2' })),
      () => aws.ssm.send(new ssm.GetParametersByPathCommand({ Path: '/whatsapp-otp-functions' })),
    ])
    // Whoever may list stages reads every level of that path: nothing secret may lie there.
    const listed = await aws.ssm.send(
      new ssm.GetParametersByPathCommand({ Path: names.recordPath, Recursive: true, WithDecryption: true }),
    )
    expect(listed.Parameters?.map(({ Name }) => Name)).toEqual([names.record('dev-2')])
    await runs.close()
  })

  it('makes no pool of the stage another stage’s, and lets nobody but Cognito invoke its functions', async () => {
    const runs = await Runs.start({ pageSize: 20 })
    const { refs } = await runs.deploy()
    const UserPoolId = refs.userPoolId!
    const ResourceArn = arns.pool(place, UserPoolId)
    const { aws } = await runs.byHand()
    runs.sandbox.setCallerPolicy(whole)
    const invite = (Principal: string) =>
      aws.lambda.send(
        new lambda.AddPermissionCommand({
          FunctionName: names.function('dev', 'preSignUp'),
          StatementId: 'theirs',
          Action: 'lambda:InvokeFunction',
          Principal,
        }),
      )
    await allDenied([
      () => aws.cognito.send(new cognito.UpdateUserPoolCommand({ UserPoolId, UserPoolTags: tagsOf('prod') })),
      () => aws.cognito.send(new cognito.TagResourceCommand({ ResourceArn, Tags: tagsOf('prod') })),
      () => invite('*'),
      () => invite('111122223333'),
      () => invite('s3.amazonaws.com'),
    ])
    await runs.close()
  })
})
