// A function's policy as others may have written it: whom each statement of theirs lets in, and who counts as everybody.
import { describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { names } from '../../src/names.ts'
import { permission } from '../../src/resources/permission.ts'
import { place } from './fake-aws.ts'

const ours = {
  Sid: names.permission,
  Effect: 'Allow',
  Principal: { Service: 'cognito-idp.amazonaws.com' },
  Action: 'lambda:InvokeFunction',
  Condition: {
    StringEquals: { 'AWS:SourceAccount': '123456789012' },
    ArnLike: { 'AWS:SourceArn': 'arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a' },
  },
}
const resource = permission(place, 'preSignUp')

const dangersOf = async (...others: object[]) => {
  const Policy = JSON.stringify({ Statement: [ours, ...others] })
  const have = await resource.read({ lambda: { send: async () => ({ Policy }) } } as unknown as Aws, {})
  expect(have?.poolArn).toContain('us-east-1_a')
  return resource.dangers!(have!)
}
const theirs = (more: object) => ({
  Sid: 'theirs',
  Effect: 'Allow',
  Action: 'lambda:InvokeFunction',
  ...more,
})

describe('a statement beside ours', () => {
  it('is none where there is none', async () => {
    expect(await dangersOf()).toEqual([])
  })

  it.each<[string, object, string, boolean]>([
    ['a service', { Principal: { Service: 'events.amazonaws.com' } }, 'events.amazonaws.com', false],
    [
      'another account',
      { Principal: { AWS: 'arn:aws:iam::999999999999:root' } },
      'arn:aws:iam::999999999999:root',
      false,
    ],
    ['everybody', { Principal: '*' }, 'everybody', true],
    ['everybody in the other form', { Principal: { AWS: ['*'] } }, 'everybody', true],
    [
      'everybody through a URL',
      { Principal: '*', Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } } },
      'everybody (lambda:FunctionUrlAuthType NONE)',
      true,
    ],
    [
      'everybody of an organisation',
      { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
      'everybody (aws:PrincipalOrgID o-1)',
      false,
    ],
  ])('lets %s in', async (_name, statement, who, isGrave) => {
    const [danger, ...more] = await dangersOf(theirs(statement))
    expect(more).toEqual([])
    expect(danger).toEqual({
      what: 'the statement theirs of somebody else',
      why: `it lets ${who} invoke the function, with events that belong to no sign-in`,
      next: 'aws lambda remove-permission --region us-east-1 --function-name whatsapp-otp-dev-preSignUp --statement-id theirs',
      ...(isGrave ? { isGrave } : {}),
    })
  })

  it('may keep somebody out', async () => {
    const [danger] = await dangersOf(theirs({ Effect: 'Deny', Principal: '*' }))
    expect(danger?.why).toBe('it keeps everybody from invoking the function')
  })
})
