// Who else writes what a borrowed pool calls: a stack that made the pool, or a tool that has taken our triggers back.
import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { Danger } from '../../../engine/resource.ts'
import { AppError } from '../../../errors.ts'
import { arns, type Place, type Trigger, triggerNames, triggers } from '../../../names.ts'
import type { Borrowed, Owner, TriggersHave } from './borrowed.ts'

/** CloudFormation marks what it makes, and with it CDK, SAM, Amplify and Serverless; Terraform leaves no mark. */
export function ownerOf({ UserPoolTags = {} }: UserPoolType, tookBack: boolean): Owner | undefined {
  const stack = UserPoolTags['aws:cloudformation:stack-name']
  if (stack) {
    const isAmplify =
      /^amplify-/.test(stack) || Object.keys(UserPoolTags).some((key) => /^amplify:/.test(key))
    return { name: `the CloudFormation stack ${stack}`, isStack: true, isAmplify }
  }
  return tookBack ? { name: 'another tool', isStack: false, isAmplify: false } : undefined
}

/** What has to be so for users to sign in, and for others' functions to work when the pool is given back. */
export function dangersOfOwner(borrowed: Borrowed, { left, owner, states }: TriggersHave): Danger[] {
  const { place, poolId } = borrowed
  const list = left.map((trigger) => triggers[trigger]).join(', ')
  return [
    ...(left.length > 0 && owner
      ? [
          {
            what: `Cognito does not call our ${list}: these belong to ${owner.name}`,
            why: owner.isStack
              ? 'what is changed behind its back comes back with its next update; everything else of the stage is made'
              : 'it has taken them back since the last deploy, and would do so again',
            next: `whatsapp-otp outputs --stage ${place.stage} --triggers   prints the change for its owner; deploy --take-triggers writes them all the same`,
            isGrave: true as const,
          },
        ]
      : []),
    ...states
      .filter(({ isThere }) => !isThere)
      .map(({ trigger, arn }) => ({
        what: `the function that ${triggers[trigger]} called before is gone: ${arn}`,
        why: 'for other app clients the trigger fails, as it would without whatsapp-otp',
        next: `make it again, or take it out of ${poolId} before the stage borrows the pool`,
        isGrave: true as const,
      })),
    ...states
      .filter(({ isThere, letsCognitoIn }) => isThere && !letsCognitoIn)
      .map(({ trigger, arn }) => ({
        what: `the policy of ${arn} does not let Cognito in`,
        why: `other app clients reach it through ours now; given back, ${triggers[trigger]} would fail`,
        next: `aws lambda add-permission --function-name ${arn} --statement-id cognito --action lambda:InvokeFunction --principal cognito-idp.amazonaws.com --source-arn ${arns.pool(place, poolId)}`,
      })),
  ]
}

/** What is not given back, where the stage goes: nobody but who has changed it knows what it is to be. */
export function dangersOfChanged(
  { poolId, place: { region } }: Borrowed,
  { changed, now }: TriggersHave,
): Danger[] {
  return changed.map(({ trigger, was }) => ({
    what: `${triggers[trigger]} is ${now[trigger] ?? 'nobody'} now, and was ${was ?? 'nobody'} before the stage`,
    why: 'somebody has changed it since, and it stays so; where that function calls ours, it will call nobody',
    next: `aws cognito-idp describe-user-pool --region ${region} --user-pool-id ${poolId}   shows its LambdaConfig`,
  }))
}

/** Thrown before anything is removed: with the next update of the stack the pool would call what is gone. */
export function refuseStacks({ place, poolId }: Borrowed, { owner, now }: TriggersHave): void {
  const { stage } = place
  const called = triggerNames.filter((trigger) => now[trigger] === arns.function(place, trigger))
  if (!owner?.isStack || called.length === 0) return
  throw new AppError('TRIGGERS_OF_STACK', `${owner.name} looks after what the pool ${poolId} calls`, {
    why: `where its template names ${called.map((trigger) => triggers[trigger]).join(', ')} of this stage, its next update would have Cognito call functions that are gone, for every app; nothing was removed`,
    next: [
      `take them out of the template, update the stack, then: whatsapp-otp destroy --stage ${stage}`,
      `whatsapp-otp destroy --stage ${stage} --take-triggers   where its template does not name them`,
    ],
  })
}

/** The change that the owner of a pool makes, in the words of each tool that may be the one. */
export function changeForOwner(place: Place, wanted: readonly Trigger[], owner?: Owner): string {
  const of = (line: (key: string, arn: string) => string) =>
    wanted.map((trigger) => line(triggers[trigger], arns.function(place, trigger))).join('\n')
  const overrides = (pool: string) =>
    of((key, arn) => `  ${pool}.addPropertyOverride('LambdaConfig.${key}', '${arn}')`)
  const snake = (key: string) => key.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase()
  const formation = [
    'CloudFormation, SAM (the AWS::Cognito::UserPool of the template):',
    '  LambdaConfig:',
    of((key, arn) => `    ${key}: ${arn}`),
  ]
  const cdk = [
    'CDK (where the pool is made; `pool` is the UserPool):',
    '  const cfnPool = pool.node.defaultChild as cognito.CfnUserPool',
    overrides('cfnPool'),
  ]
  const serverless = [
    'Serverless Framework (resources.extensions, or the pool under resources.Resources):',
    '  Properties:',
    '    LambdaConfig:',
    of((key, arn) => `      ${key}: ${arn}`),
  ]
  const amplify = [
    'Amplify (Gen 2: amplify/backend.ts; Gen 1: amplify override auth):',
    '  const { cfnUserPool } = backend.auth.resources.cfnResources',
    overrides('cfnUserPool'),
  ]
  const terraform = [
    'Terraform (in the aws_cognito_user_pool), either:',
    '  lambda_config {',
    of((key, arn) => `    ${snake(key)} = "${arn}"`),
    '  }',
    'or, so that it leaves them alone:',
    '  lifecycle {',
    '    ignore_changes = [lambda_config]',
    '  }',
  ]
  const ofStack = owner?.isAmplify ? [amplify, cdk] : [formation, cdk, serverless, amplify]
  const parts = owner?.isStack ? ofStack : [terraform, formation, cdk]
  return parts.map((lines) => lines.join('\n')).join('\n\n')
}
