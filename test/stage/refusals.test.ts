// What is refused, and in which words: lost users, other people's resources, other places, newer versions.
import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import * as ssm from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/aws/account.ts'
import { signUp } from '../../src/aws/sign-in.ts'
import { arns, names, tagsOf, triggerNames } from '../../src/names.ts'
import { readRecordHave } from '../../src/resources/stage-record.ts'
import { agreeToAdopt, playDeploy } from '../../src/stage/deploy.ts'
import { requireRecord } from '../../src/stage/recorded.ts'
import { trust } from '../resources/contract-case.ts'
import { Runs } from './runs.ts'
import { stateOf } from './state.ts'

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start({ pageSize: 20 })
})
afterEach(() => runs.close())

const openAws = async () => (await runs.byHand({ stage: 'none' })).aws
const changes = async () => (await runs.plan()).plan.filter((step) => step.action !== 'keep')

/** Takes our tags off everything, as somebody else's resources of our names would be. */
async function untagAll(): Promise<void> {
  const aws = await openAws()
  const { observed } = await runs.plan()
  const keys = Object.keys(tagsOf('dev'))
  const place = { ...aws.place, stage: 'dev' }
  for (const trigger of triggerNames) {
    await aws.iam.send(
      new iam.UntagRoleCommand({ RoleName: names.role('dev', place.region, trigger), TagKeys: keys }),
    )
    const Resource = arns.function(place, trigger)
    await aws.lambda.send(new lambda.UntagResourceCommand({ Resource, TagKeys: keys }))
  }
  const pool = arns.pool(place, observed.refs.userPoolId!)
  await aws.cognito.send(new cognito.UntagResourceCommand({ ResourceArn: pool, TagKeys: keys }))
  await aws.dynamodb.send(
    new dynamodb.UntagResourceCommand({ ResourceArn: arns.table(place), TagKeys: keys }),
  )
}

describe('resources of our names that we did not make', () => {
  it('are neither changed nor removed, and the words name the way to take them over', async () => {
    await runs.deploy()
    await untagAll()
    const before = runs.sandbox.inventory()
    const calls = await runs.callsOf(async () => {
      await expect(runs.deploy({ env: { OTP_LENGTH: '8' } })).rejects.toMatchObject({
        code: 'FOREIGN_RESOURCE',
        next: expect.arrayContaining([expect.stringContaining('--adopt')]),
      })
      await runs.destroy().catch(() => {})
    })
    const touched = calls.filter(({ operation }) =>
      /^(Update|Put|Tag|Add|Create|Delete(?!Param|LogG|Item))/.test(operation),
    )
    expect(touched.filter(({ operation }) => operation !== 'PutItem' && operation !== 'UpdateItem')).toEqual(
      [],
    )
    const kinds = (items: typeof before) => items.filter(({ kind }) => !/parameter|log/.test(kind))
    expect(kinds(runs.sandbox.inventory())).toEqual(kinds(before))
  })

  it('are taken over with all that differs once the user agrees, and are ours then', async () => {
    await runs.deploy()
    const whole = await stateOf(runs)
    await untagAll()
    const aws = await openAws()
    await aws.logs.send(
      new logs.DeleteRetentionPolicyCommand({ logGroupName: names.logGroup('dev', 'preSignUp') }),
    )
    const prepared = await runs.plan({ adopt: 'all' })
    const taken = prepared.plan.filter((step) => step.by === 'adopt')
    expect(taken.map((step) => step.kind).sort()).toEqual(
      [...Array(5).fill('function'), ...Array(5).fill('role'), 'table', 'user-pool'].sort(),
    )
    expect(taken[0]?.fields[0]).toMatchObject({ field: 'owner', to: 'whatsapp-otp, stage dev' })
    await playDeploy(agreeToAdopt(prepared), () => {})
    expect(await changes()).toEqual([])
    expect(await stateOf(runs)).toEqual(whole)
    expect(await runs.destroy()).toEqual([])
  })

  it('are not taken over where several pools bear the name', async () => {
    const aws = await openAws()
    for (let count = 0; count < 2; count++) {
      // Each of them alone could be taken over.
      await aws.cognito.send(
        new cognito.CreateUserPoolCommand({
          PoolName: names.pool('dev'),
          UsernameAttributes: ['phone_number'],
          UsernameConfiguration: { CaseSensitive: false },
        }),
      )
    }
    await expect(runs.deploy({ adopt: 'all' })).rejects.toMatchObject({
      code: 'REPLACE_REFUSED',
      why: expect.stringContaining('there are 2 pools of this name'),
    })
  })

  it('that came after the user agreed are still refused', async () => {
    const prepared = agreeToAdopt(await runs.plan({ adopt: 'all' }))
    const aws = await openAws()
    await aws.iam.send(
      new iam.CreateRoleCommand({
        RoleName: names.role('dev', 'us-east-1', 'preSignUp'),
        AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
      }),
    )
    await expect(playDeploy(prepared, () => {})).rejects.toMatchObject({
      code: 'FOREIGN_RESOURCE',
      message: expect.stringMatching(/^role .+ stays as it is$/),
      next: [
        expect.stringContaining('remove that role'),
        expect.stringContaining('--stage dev --adopt'),
        'whatsapp-otp deploy --stage dev',
      ],
    })
  })
})

describe('what AWS cannot change in place', () => {
  it('is refused with the number of users that another pool would not have', async () => {
    const aws = await openAws()
    const { UserPool } = await aws.cognito.send(
      new cognito.CreateUserPoolCommand({
        PoolName: names.pool('dev'),
        UserPoolTags: tagsOf('dev'),
        UsernameAttributes: ['email'],
        UsernameConfiguration: { CaseSensitive: true },
      }),
    )
    const { UserPoolClient } = await aws.cognito.send(
      new cognito.CreateUserPoolClientCommand({ UserPoolId: UserPool!.Id, ClientName: 'any' }),
    )
    await aws.cognito.send(
      new cognito.SignUpCommand({
        ClientId: UserPoolClient!.ClientId,
        Username: 'ana@example.com',
        Password: 'Correct-horse-9-battery',
      }),
    )
    await expect(runs.deploy()).rejects.toMatchObject({
      code: 'REPLACE_REFUSED',
      why: expect.stringContaining('without the users of this one (about 1)'),
    })
  })

  it('is refused for the secret of a client', async () => {
    await runs.deploy()
    await expect(runs.deploy({ env: { CLIENT_SECRET: 'true' } })).rejects.toMatchObject({
      code: 'REPLACE_REFUSED',
      why: expect.stringContaining('apps that use this client id would stop working'),
    })
  })
})

describe('a stage of another place', () => {
  it('is refused where its record says so', async () => {
    await runs.deploy()
    const aws = await openAws()
    for (const changed of [{ account: '999999999999' }, { region: 'eu-west-1' }]) {
      const have = await readRecordHave({ ...aws, place: { ...aws.place, stage: 'dev' } })
      const Value = JSON.stringify({ ...have?.record, ...changed })
      await aws.ssm.send(new ssm.PutParameterCommand({ Name: names.record('dev'), Value, Overwrite: true }))
      const error = { code: 'STAGE_ELSEWHERE', exitCode: 3, why: expect.stringContaining('its record says') }
      await expect(runs.deploy()).rejects.toMatchObject(error)
      await expect(runs.destroy()).rejects.toMatchObject(error)
      const back = JSON.stringify(have?.record)
      await aws.ssm.send(
        new ssm.PutParameterCommand({ Name: names.record('dev'), Value: back, Overwrite: true }),
      )
    }
  })

  it('is refused where the folder’s file pins another account or region', async () => {
    const to = { env: runs.sandbox.env(), region: 'us-east-1', stage: 'dev', clock: runs.clock }
    await expect(connect({ ...to, account: '999999999999' })).rejects.toMatchObject({
      code: 'ACCOUNT_MISMATCH',
    })
    await expect(connect({ ...to, pinnedRegion: 'eu-west-1' })).rejects.toMatchObject({
      code: 'REGION_MISMATCH',
    })
    await expect(connect({ ...to, pinnedRegion: 'us-east-1' })).resolves.toBeDefined()
  })
})

describe('a stage of another version', () => {
  const writeRecord = async (record: object) => {
    const aws = await openAws()
    const Value = JSON.stringify(record)
    await aws.ssm.send(new ssm.PutParameterCommand({ Name: names.record('dev'), Value, Overwrite: true }))
  }

  it('that is older is brought up to date: record, runtime, tags, and settings that are gone', async () => {
    await runs.deploy({ env: { OTP_LENGTH: '8' } })
    const aws = await openAws()
    const { userPoolId } = (await runs.plan()).observed.refs
    await writeRecord({
      schemaVersion: 0,
      toolVersion: '0.0.1',
      stage: 'dev',
      userPoolId,
      settings: { otpLength: 8, allowedCountries: ['US'], aSettingThatIsGone: 7 },
    })
    const FunctionName = names.function('dev', 'preSignUp')
    await aws.lambda.send(
      new lambda.UpdateFunctionConfigurationCommand({ FunctionName, Runtime: 'nodejs20.x' }),
    )
    const Resource = arns.function({ ...aws.place, stage: 'dev' }, 'preSignUp')
    await aws.lambda.send(new lambda.UntagResourceCommand({ Resource, TagKeys: ['whatsapp-otp:role-id'] }))
    const opened = await runs.open()
    expect(() => requireRecord(opened)).toThrow(expect.objectContaining({ code: 'STAGE_OUTDATED' }))
    const fields = (await changes()).flatMap((step) => step.fields.map((one) => `${step.kind}.${one.field}`))
    expect(fields).toEqual(
      expect.arrayContaining([
        'function.runtime',
        'function.roleId',
        'record.toolVersion',
        'record.loginClientId',
      ]),
    )
    expect(fields).not.toContain('record.settings.otpLength')
    await runs.deploy()
    expect(await changes()).toEqual([])
    const record = requireRecord(await runs.open())
    expect(record).toMatchObject({ schemaVersion: 1, userPoolId, settings: { otpLength: 8 } })
    expect(record.settings).not.toHaveProperty('aSettingThatIsGone')
    expect(await runs.verify()).toEqual([])
  })

  it('that is newer is refused', async () => {
    await runs.deploy()
    const record = requireRecord(await runs.open())
    await writeRecord({ ...record, toolVersion: '99.0.0' })
    const refusal = { code: 'REPLACE_REFUSED', why: expect.stringContaining('99.0.0') }
    await expect(runs.deploy()).rejects.toMatchObject(refusal)
    await expect(runs.deploy({ only: new Set(['function:preSignUp']) })).rejects.toMatchObject(refusal)
    await writeRecord({ schemaVersion: 9, toolVersion: '99.0.0', stage: 'dev' })
    await expect(runs.deploy()).rejects.toMatchObject({
      code: 'RECORD_TOO_NEW',
      next: [expect.stringContaining('@latest')],
    })
  })
})

describe('users', () => {
  it('of a stage that exists are counted before it is destroyed', async () => {
    const { refs } = await runs.deploy()
    const aws = await openAws()
    await signUp(aws.cognito, { clientId: refs.signupClientId! }, '+15550100001')
    const { prepareDestroy } = await import('../../src/stage/destroy.ts')
    expect((await prepareDestroy(await runs.open())).users).toBe(1)
  })
})
