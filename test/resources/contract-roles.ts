// The contract's cases of roles and their policies.
import * as iam from '@aws-sdk/client-iam'
import { names } from '../../src/names.ts'
import { type ContractCase, trigger, trust } from './contract-case.ts'
import type { StageFixture } from './stage-fixture.ts'

const roleName = (stage: StageFixture) => names.role('dev', stage.place.region, trigger)

const foreignRole = ({ aws, place }: StageFixture) =>
  aws.iam.send(
    new iam.CreateRoleCommand({
      RoleName: names.role('dev', place.region, trigger),
      AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
    }),
  )

export const roleCases: Record<string, ContractCase> = {
  [`role:${trigger}`]: {
    changes: {
      trustPolicy: (stage) =>
        stage.aws.iam.send(
          new iam.UpdateAssumeRolePolicyCommand({
            RoleName: roleName(stage),
            PolicyDocument: trust('ec2.amazonaws.com'),
          }),
        ),
      permissionsBoundary: async (stage) => {
        const { Policy } = await stage.aws.iam.send(
          new iam.CreatePolicyCommand({
            PolicyName: 'limit',
            PolicyDocument: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' }],
            }),
          }),
        )
        stage.change({ permissionsBoundary: Policy!.Arn! })
      },
    },
    byHand: {
      set: (stage) =>
        stage.aws.iam.send(
          new iam.UpdateRoleCommand({
            RoleName: roleName(stage),
            Description: 'ours',
            MaxSessionDuration: 7200,
          }),
        ),
      get: async (stage) => {
        const { Role } = await stage.aws.iam.send(new iam.GetRoleCommand({ RoleName: roleName(stage) }))
        return [Role?.Description, Role?.MaxSessionDuration]
      },
    },
    foreign: foreignRole,
  },

  [`role-policy:${trigger}`]: {
    changes: { statements: (stage) => stage.change({ smsFallback: true }) },
    byHand: {
      set: (stage) =>
        stage.aws.iam.send(
          new iam.PutRolePolicyCommand({
            RoleName: roleName(stage),
            PolicyName: 'tracing',
            PolicyDocument: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'xray:PutTraceSegments', Resource: '*' }],
            }),
          }),
        ),
      get: async (stage) => {
        const target = { RoleName: roleName(stage), PolicyName: 'tracing' }
        return (await stage.aws.iam.send(new iam.GetRolePolicyCommand(target))).PolicyDocument
      },
    },
    foreign: async (stage) => {
      await foreignRole(stage)
      await stage.aws.iam.send(
        new iam.PutRolePolicyCommand({
          RoleName: roleName(stage),
          PolicyName: names.rolePolicy,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
          }),
        }),
      )
    },
  },
}
