// The AWS CLI on the sandbox: it reads back every resource of a stage, and signs a user up and in.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { triggerNames } from '../../src/names.ts'
import { type AwsCli, awsCliIn } from './aws-cli.ts'
import { deployIntoSandbox, type SandboxStage, wrongCode } from './sandbox-stage.ts'

let stage: SandboxStage
let aws: AwsCli
beforeAll(async () => {
  stage = await deployIntoSandbox()
  aws = awsCliIn(stage.start)
})
afterAll(() => stage?.close())

const tags = { 'whatsapp-otp:stage': 'peer', 'whatsapp-otp:managed-by': 'whatsapp-otp' }
const tagList = expect.arrayContaining(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })))
const trigger = triggerNames[2]
const functionName = `whatsapp-otp-peer-${trigger}`
const roleName = `whatsapp-otp-peer-us-east-1-${trigger}`

// Each call starts a Python program, so two run at a time.
describe.concurrent('the AWS CLI reads', () => {
  it('who calls', async () => {
    expect(await aws.read('sts get-caller-identity')).toMatchObject({ Account: stage.sandbox.account })
  })

  it('the user pool', async () => {
    const { userPoolId } = stage.ids
    const list = await aws.read('cognito-idp list-user-pools --max-results 60')
    expect(list.UserPools).toMatchObject([{ Id: userPoolId, Name: 'WhatsApp-otp-auth-pool-peer' }])
    const { UserPool } = await aws.read<{ UserPool: Record<string, unknown> }>(
      `cognito-idp describe-user-pool --user-pool-id ${userPoolId}`,
    )
    expect(UserPool).toMatchObject({
      UsernameAttributes: ['phone_number'],
      MfaConfiguration: 'OFF',
      UserPoolTags: tags,
      LambdaConfig: { CreateAuthChallenge: expect.stringMatching(/:whatsapp-otp-peer-createAuthChallenge$/) },
      Arn: expect.stringMatching(/^arn:aws:cognito-idp:us-east-1:/),
    })
    // As it stands on the wire: seconds, not milliseconds.
    expect(Math.abs(Number(UserPool.CreationDate) - stage.sandbox.clock.now() / 1000)).toBeLessThan(600)
    const tagged = await aws.read(`cognito-idp list-tags-for-resource --resource-arn ${UserPool.Arn}`)
    expect(tagged).toEqual({ Tags: tags })
  })

  it('its two clients', async () => {
    const { userPoolId, signupClientId, loginClientId } = stage.ids
    const list = await aws.read(
      `cognito-idp list-user-pool-clients --user-pool-id ${userPoolId} --max-results 60 --query UserPoolClients[].ClientId`,
    )
    expect(new Set(Object.values(list))).toEqual(new Set([signupClientId, loginClientId]))
    const { UserPoolClient } = await aws.read<{ UserPoolClient: Record<string, unknown> }>(
      `cognito-idp describe-user-pool-client --user-pool-id ${userPoolId} --client-id ${loginClientId}`,
    )
    expect(UserPoolClient).toMatchObject({
      ClientName: 'WhatsApp-otp-login-peer',
      PreventUserExistenceErrors: 'ENABLED',
      ExplicitAuthFlows: expect.arrayContaining(['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH']),
    })
    expect(UserPoolClient).not.toHaveProperty('ClientSecret')
  })

  it('a function, its configuration and its tags', async () => {
    const { Configuration, Tags } = await aws.read<{
      Configuration: { FunctionArn: string; Environment: object }
      Tags: object
    }>(`lambda get-function --function-name ${functionName}`)
    expect(Configuration).toMatchObject({
      State: 'Active',
      LastUpdateStatus: 'Successful',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `/aws/lambda/${functionName}` },
    })
    expect(JSON.stringify(Configuration.Environment)).not.toContain(stage.sandbox.env().SENDZEN_API_KEY)
    expect(Tags).toMatchObject(tags)
    const listed = await aws.read(`lambda list-tags --resource ${Configuration.FunctionArn}`)
    expect(listed).toEqual({ Tags })
    const functions = await aws.read('lambda list-functions --query Functions[].FunctionName')
    expect(Object.values(functions)).toHaveLength(5)
  })

  it('who may invoke it', async () => {
    const { Policy } = await aws.read<{ Policy: string }>(`lambda get-policy --function-name ${functionName}`)
    expect(JSON.parse(Policy).Statement).toMatchObject([
      {
        Effect: 'Allow',
        Principal: { Service: 'cognito-idp.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Condition: {
          ArnLike: { 'AWS:SourceArn': expect.stringMatching(new RegExp(`${stage.ids.userPoolId}$`)) },
          StringEquals: { 'AWS:SourceAccount': stage.sandbox.account },
        },
      },
    ])
  })

  it('its role, with trust, policy and tags', async () => {
    const { Role } = await aws.read<{ Role: Record<string, unknown> }>(`iam get-role --role-name ${roleName}`)
    expect(Role).toMatchObject({
      RoleName: roleName,
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: 'lambda.amazonaws.com' } }] },
      Tags: tagList,
    })
    expect(await aws.read(`iam list-role-policies --role-name ${roleName}`)).toMatchObject({
      PolicyNames: ['whatsapp-otp'],
    })
    const { PolicyDocument } = await aws.read<{ PolicyDocument: { Statement: { Resource: unknown }[] } }>(
      `iam get-role-policy --role-name ${roleName} --policy-name whatsapp-otp`,
    )
    expect(PolicyDocument.Statement.length).toBeGreaterThan(1)
    expect(PolicyDocument.Statement.map((statement) => statement.Resource)).not.toContain('*')
    expect(await aws.read(`iam list-role-tags --role-name ${roleName}`)).toMatchObject({ Tags: tagList })
  })

  it('the log groups', async () => {
    const { logGroups } = await aws.read<{ logGroups: { arn: string }[] }>(
      'logs describe-log-groups --log-group-name-prefix /aws/lambda/whatsapp-otp-peer',
    )
    expect(logGroups).toHaveLength(5)
    expect(logGroups).toMatchObject(logGroups.map(() => ({ retentionInDays: 30 })))
    const arn = `arn:aws:logs:us-east-1:${stage.sandbox.account}:log-group:/aws/lambda/${functionName}`
    expect(await aws.read(`logs list-tags-for-resource --resource-arn ${arn}`)).toEqual({ tags })
  })

  it('the table, its expiry and its tags', async () => {
    const { Table } = await aws.read<{ Table: { TableArn: string } }>(
      'dynamodb describe-table --table-name whatsapp-otp-peer',
    )
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    })
    expect(await aws.read('dynamodb describe-time-to-live --table-name whatsapp-otp-peer')).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
    })
    const tagged = await aws.read(`dynamodb list-tags-of-resource --resource-arn ${Table.TableArn}`)
    expect(tagged).toMatchObject({ Tags: tagList })
  })

  it('the parameters, the secret one only as ciphertext unless asked', async () => {
    const name = '/whatsapp-otp-functions/peer/provider-key'
    const key = stage.sandbox.env().SENDZEN_API_KEY ?? ''
    const { Parameter } = await aws.read<{ Parameter: { Type: string; Value: string } }>(
      `ssm get-parameter --name ${name}`,
    )
    expect(Parameter.Type).toBe('SecureString')
    expect(Parameter.Value).not.toContain(key)
    const plain = await aws.read<{ Parameter: { Value: string } }>(
      `ssm get-parameter --name ${name} --with-decryption`,
    )
    expect(plain.Parameter.Value).toContain(key)
    const record = await aws.read<{ Parameter: { Value: string } }>(
      'ssm get-parameter --name /whatsapp-otp/peer/stage',
    )
    expect(record.Parameter.Value).toContain(stage.ids.userPoolId)
    expect(record.Parameter.Value).not.toContain(key)
    const tagged = await aws.read(
      `ssm list-tags-for-resource --resource-type Parameter --resource-id ${name}`,
    )
    expect(tagged).toMatchObject({ TagList: tagList })
  })

  it('an error by its name, when a thing is not there', async () => {
    expect(await aws.refused('lambda get-function --function-name none')).toMatch(
      /\(ResourceNotFoundException\) when calling the GetFunction operation/,
    )
    expect(await aws.refused('iam get-role --role-name none')).toMatch(/\(NoSuchEntity\)/)
    expect(await aws.refused('ssm get-parameter --name /none')).toMatch(/\(ParameterNotFound\)/)
  })

  it('a clear word about a service or an operation that the sandbox has not', async () => {
    expect(await aws.refused('iam list-users')).toMatch(/does not offer iam:ListUsers/)
    expect(await aws.refused('lambda list-layers')).toMatch(/does not offer/)
    expect(await aws.refused('kms list-keys')).toMatch(/does not offer|NotImplemented/)
  })
})

interface Challenge {
  ChallengeName: string
  Session: string
  ChallengeParameters: Record<string, string>
  AuthenticationResult?: Record<string, string>
}

describe('the AWS CLI signs', () => {
  const phone = '+15550100001'
  /** Meets the pool's policy; nobody can sign in with it. */
  const password = `${'Unused-1-'.repeat(6)}!`
  let challenge: Challenge

  const answer = (Session: string, code: string, ...rest: string[]) =>
    aws.read<Challenge>(
      `cognito-idp respond-to-auth-challenge --client-id ${stage.ids.loginClientId} --challenge-name CUSTOM_CHALLENGE --session=${Session}`,
      '--challenge-responses',
      `USERNAME=${challenge.ChallengeParameters.USERNAME},ANSWER=${code}`,
      ...rest,
    )

  it('a user up, once', async () => {
    const line = `cognito-idp sign-up --client-id ${stage.ids.signupClientId} --username ${phone} --password ${password}`
    expect(await aws.read(line)).toMatchObject({ UserConfirmed: true })
    expect(await aws.refused(line)).toMatch(/\(UsernameExistsException\)/)
    const user = await aws.read(
      `cognito-idp admin-get-user --user-pool-id ${stage.ids.userPoolId} --username ${phone}`,
    )
    expect(user).toMatchObject({ UserStatus: 'CONFIRMED', Enabled: true })
  })

  it('in: the first call sends a code', async () => {
    challenge = await aws.read(
      `cognito-idp initiate-auth --client-id ${stage.ids.loginClientId} --auth-flow CUSTOM_AUTH --auth-parameters USERNAME=${phone}`,
    )
    expect(challenge).toMatchObject({
      ChallengeName: 'CUSTOM_CHALLENGE',
      ChallengeParameters: { status: 'sent', codeLength: '6', attemptsLeft: '3' },
    })
    expect(stage.codes(phone)).toHaveLength(1)
  })

  it('in: a wrong code costs a try, and its session is used up', async () => {
    const [code = ''] = stage.codes(phone)
    const old = challenge.Session
    challenge = await answer(old, wrongCode(code))
    expect(challenge.ChallengeParameters).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
    await expect(answer(old, code)).rejects.toThrow(/NotAuthorizedException.*only be used once/)
    expect(stage.codes(phone)).toEqual([code])
  })

  it('in: a resend repeats the code after the pause', async () => {
    const [code = ''] = stage.codes(phone)
    const resend = ['--client-metadata', 'action=resend']
    challenge = await answer(challenge.Session, 'resend', ...resend)
    expect(challenge.ChallengeParameters.status).toBe('cooldown')
    stage.sandbox.clock.advance(61_000)
    challenge = await answer(challenge.Session, 'resend', ...resend)
    expect(challenge.ChallengeParameters.status).toBe('sent')
    expect(stage.codes(phone)).toEqual([code, code])
  })

  it('in: the right code gives tokens that open the user’s own record', async () => {
    const [code = ''] = stage.codes(phone)
    const { AuthenticationResult } = await answer(challenge.Session, code)
    const token = AuthenticationResult?.AccessToken ?? ''
    const user = await aws.read<{ UserAttributes: object[] }>(`cognito-idp get-user --access-token ${token}`)
    expect(user.UserAttributes).toContainEqual({ Name: 'phone_number_verified', Value: 'true' })
    expect(user.UserAttributes).toContainEqual({ Name: 'custom:whatsapp_verified', Value: 'true' })
    expect(user.UserAttributes).toContainEqual({ Name: 'custom:auth_purpose', Value: 'signup' })
    const forbidden = await aws.refused(
      `cognito-idp update-user-attributes --access-token ${token}`,
      '--user-attributes',
      'Name=custom:whatsapp_verified,Value=false',
    )
    expect(forbidden).toMatch(/\(NotAuthorizedException\)/)
  })

  it('in: new tokens for the refresh token', async () => {
    stage.sandbox.clock.advance(61_000)
    challenge = await aws.read(
      `cognito-idp initiate-auth --client-id ${stage.ids.loginClientId} --auth-flow CUSTOM_AUTH --auth-parameters USERNAME=${phone}`,
    )
    const { AuthenticationResult } = await answer(challenge.Session, stage.codes(phone).at(-1) ?? '')
    const refreshed = await aws.read<Challenge>(
      `cognito-idp initiate-auth --client-id ${stage.ids.loginClientId} --auth-flow REFRESH_TOKEN_AUTH`,
      '--auth-parameters',
      `REFRESH_TOKEN=${AuthenticationResult?.RefreshToken}`,
    )
    expect(Object.keys(refreshed.AuthenticationResult ?? {})).toEqual(
      expect.arrayContaining(['AccessToken', 'IdToken']),
    )
  })
})
