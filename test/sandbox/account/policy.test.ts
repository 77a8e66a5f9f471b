// IAM's policy language as the sandbox evaluates it.

import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/sandbox/account/condition.ts'
import { allowsService, evaluate, type PolicyStatement } from '../../../src/sandbox/account/policy.ts'

const table = 'arn:aws:dynamodb:us-east-1:123456789012:table/otp-dev'
const judge = (statements: PolicyStatement[], action: string, resource: string, context = {}) =>
  evaluate([{ Statement: statements }], action, resource, context)
const allow = (more: Partial<PolicyStatement>): PolicyStatement => ({
  Effect: 'Allow',
  Action: '*',
  Resource: '*',
  ...more,
})

describe('evaluation', () => {
  it('denies what nothing allows', () => {
    expect(judge([], 'dynamodb:GetItem', table)).toBe('implicitDeny')
  })

  it.each([
    ['dynamodb:GetItem', 'allowed'],
    ['dynamodb:getitem', 'allowed'],
    ['dynamodb:GetItems', 'implicitDeny'],
    ['dynamodb:BatchGetItem', 'implicitDeny'],
  ])('compares actions whole and without case: %s', (action, verdict) => {
    expect(judge([allow({ Action: 'dynamodb:GetItem' })], action, table)).toBe(verdict)
  })

  it.each([
    ['arn:aws:dynamodb:*:*:table/otp-*', 'allowed'],
    ['arn:aws:dynamodb:us-east-1:123456789012:table/otp-de?', 'allowed'],
    ['arn:aws:dynamodb:us-east-1:123456789012:table/OTP-dev', 'implicitDeny'],
    ['arn:aws:dynamodb:us-east-1:123456789012:table/otp', 'implicitDeny'],
  ])('matches resources with wildcards and with case: %s', (Resource, verdict) => {
    expect(judge([allow({ Resource })], 'dynamodb:GetItem', table)).toBe(verdict)
  })

  it('lets a Deny win over any Allow', () => {
    const deny: PolicyStatement = { Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: '*' }
    expect(judge([allow({}), deny], 'dynamodb:DeleteTable', table)).toBe('explicitDeny')
    expect(judge([allow({}), deny], 'dynamodb:GetItem', table)).toBe('allowed')
  })

  it.each<[PolicyStatement['Condition'] & object, Context, string]>([
    [{ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }, {}, 'implicitDeny'],
    [
      { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
      { 'IAM:passedtoservice': 'lambda.amazonaws.com' },
      'allowed',
    ],
    [{ StringEqualsIfExists: { 'aws:x': 'y' } }, {}, 'allowed'],
    [{ StringNotEquals: { 'aws:x': 'y' } }, { 'aws:x': 'y' }, 'implicitDeny'],
    [{ StringLike: { 'aws:x': ['a*', 'b*'] } }, { 'aws:x': 'bee' }, 'allowed'],
    [
      { ArnLike: { 'aws:SourceArn': 'arn:aws:*:userpool/good' } },
      { 'aws:SourceArn': 'arn:aws:cognito-idp:r:1:userpool/good' },
      'allowed',
    ],
    [{ Null: { 'aws:x': 'true' } }, {}, 'allowed'],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:TagKeys': ['a'] }, 'allowed'],
    [
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
      { 'aws:TagKeys': ['a', 'c'] },
      'implicitDeny',
    ],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }, {}, 'allowed'],
    [{ 'ForAnyValue:StringLike': { 'aws:TagKeys': 'a*' } }, { 'aws:TagKeys': ['c', 'ab'] }, 'allowed'],
    [{ 'ForAnyValue:StringLike': { 'aws:TagKeys': 'a*' } }, { 'aws:TagKeys': ['c'] }, 'implicitDeny'],
    [{ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': 'a' } }, {}, 'implicitDeny'],
    [{ SomethingNew: { 'aws:x': 'y' } }, { 'aws:x': 'y' }, 'implicitDeny'],
  ])('weighs the condition %j against %j', (Condition, context, verdict) => {
    expect(judge([allow({ Condition })], 'a:B', '*', context)).toBe(verdict)
  })
})

describe('a service principal', () => {
  const statement: PolicyStatement = {
    Effect: 'Allow',
    Principal: { Service: 'cognito-idp.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Condition: { StringEquals: { 'AWS:SourceAccount': '1' } },
  }
  const allows = (principal: string, context: Record<string, string>) =>
    allowsService({ Statement: statement }, principal, 'lambda:InvokeFunction', context)

  it('is allowed by name and condition', () => {
    expect(allows('cognito-idp.amazonaws.com', { 'aws:SourceAccount': '1' })).toBe(true)
    expect(allows('cognito-idp.amazonaws.com', { 'aws:SourceAccount': '2' })).toBe(false)
    expect(allows('sns.amazonaws.com', { 'aws:SourceAccount': '1' })).toBe(false)
  })
})
