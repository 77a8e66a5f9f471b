// A stage as older versions have left it: all secrets in one parameter below the records, and code that reads it.
import * as iam from '@aws-sdk/client-iam'
import * as lambda from '@aws-sdk/client-lambda'
import * as ssm from '@aws-sdk/client-ssm'
import type { Aws } from '../../src/aws/clients.ts'
import { ifFound } from '../../src/aws/errors.ts'
import type { Artifact } from '../../src/engine/resource.ts'
import { arns, names, type Trigger, tagsOf } from '../../src/names.ts'
import { readMasterKey } from '../../src/resources/master-key.ts'
import { readProviderKey } from '../../src/resources/provider-key.ts'
import { artifactOf, handler } from './stage-fixture.ts'

export type FormerDocument = Record<string, unknown>

/** The functions that read secrets. */
export const readers: readonly Trigger[] = ['createAuthChallenge', 'verifyAuthChallenge']

/** What the functions of older versions did not do. */
const newer =
  /^cognito-idp:(AdminDeleteUserAttributes|AdminSetUserPassword|AdminUserGlobalSignOut|AdminGetUser|AdminDisableUser)$/
/** What they were not told. */
const newerVariable = /^((MASTER_KEY|PROVIDER_KEY|FINDINGS)_PARAMETER|POOL_SIGNUPS_.*|SIGNUP_ATTRIBUTES)$/

/** Stands for the code of an older version. */
export const formerCode: Promise<Artifact> = artifactOf(`${handler}\n// Of an older version.\n`)

export const formerTags = (stage: string) =>
  Object.entries(tagsOf(stage)).map(([Key, Value]) => ({ Key, Value }))

export async function putFormer({ ssm: client, place }: Aws, document: FormerDocument): Promise<void> {
  const Name = names.secrets(place.stage)
  await ifFound(client.send(new ssm.DeleteParameterCommand({ Name })))
  await client.send(
    new ssm.PutParameterCommand({
      Name,
      Value: JSON.stringify(document),
      Type: 'SecureString',
      Tags: formerTags(place.stage),
    }),
  )
}

/** Makes such a stage of one that is deployed; gives what its parameter holds. */
export async function makeFormer(
  aws: Aws,
  change: (document: FormerDocument) => FormerDocument = (document) => document,
): Promise<FormerDocument> {
  const { ssm: client, place } = aws
  const { stage } = place
  const document = change({ ...(await readProviderKey(aws)), ...(await readMasterKey(aws)) })
  await putFormer(aws, document)
  for (const name of [names.masterKey, names.providerKey, names.findings, names.brake]) {
    await ifFound(client.send(new ssm.DeleteParameterCommand({ Name: name(stage) })))
  }
  for (const trigger of [...readers, 'preSignUp'] as const) await makeFormerFunction(aws, trigger)
  return document
}

interface FormerStatement {
  Sid: string
  Effect: string
  Action: string[]
  Resource: string | string[]
}

async function makeFormerFunction(
  { lambda: client, iam: roles, place }: Aws,
  trigger: Trigger,
): Promise<void> {
  const isReader = readers.includes(trigger)
  const policy = {
    RoleName: names.role(place.stage, place.region, trigger),
    PolicyName: names.rolePolicy,
  }
  const { PolicyDocument = '' } = await roles.send(new iam.GetRolePolicyCommand(policy))
  const { Version, Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as {
    Version: string
    Statement: FormerStatement[]
  }
  // The sign-ups of older versions touched no table, looked at no user and knew no brake.
  const notYet = isReader ? /^Read(Former)?Secrets$/ : /^(Limit|ReadBrake|Users)$/
  const others = Statement.filter(({ Sid }) => !notYet.test(Sid)).map((one) => ({
    ...one,
    Action: one.Action.filter((action) => !newer.test(action)),
  }))
  const own = {
    Sid: 'ReadSecrets',
    Effect: 'Allow',
    Action: ['ssm:GetParameter'],
    Resource: arns.parameter(place, names.secrets(place.stage)),
  }
  const former = JSON.stringify({ Version, Statement: isReader ? [...others, own] : others })
  await roles.send(new iam.PutRolePolicyCommand({ ...policy, PolicyDocument: former }))
  const target = { FunctionName: names.function(place.stage, trigger) }
  const { Environment } = await client.send(new lambda.GetFunctionConfigurationCommand(target))
  const kept = Object.entries(Environment?.Variables ?? {}).filter(
    ([name]) => !newerVariable.test(name) && (isReader || name !== 'TABLE_NAME'),
  )
  const secrets = isReader ? { SECRETS_PARAMETER: names.secrets(place.stage) } : {}
  const Variables = { ...Object.fromEntries(kept), ...secrets }
  await client.send(new lambda.UpdateFunctionConfigurationCommand({ ...target, Environment: { Variables } }))
  const { zip: ZipFile } = await formerCode
  await client.send(new lambda.UpdateFunctionCodeCommand({ ...target, ZipFile, Architectures: ['arm64'] }))
}
