// What each operation asks the caller's policy: its own action, on the pool that it is about, with that pool's tags.
import { expect, it } from 'vitest'
import { bench } from './bench.ts'
import { everything } from './everything.ts'

const operations = Object.entries(bench().cognito.operations)
const signed = operations.filter(([, { unsigned }]) => !unsigned).map(([operation]) => operation)
const onNoPool = ['CreateUserPool', 'ListUserPools', 'DescribeUserPoolDomain']

it.each(signed.filter((operation) => !onNoPool.includes(operation)))(
  '%s asks for its pool',
  async (operation) => {
    const { call, everything: input, arn, authorized } = await everything()
    await call('TagResource', { ResourceArn: arn, Tags: { stage: 'dev' } })
    authorized.length = 0
    await call(operation, input).catch(() => undefined)
    const [own, ...others] = authorized
    expect(others.every(({ action }) => !action.startsWith('cognito-idp:'))).toBe(true)
    expect([own]).toEqual([
      {
        action: `cognito-idp:${operation}`,
        resource: arn,
        context: expect.objectContaining({ 'aws:ResourceTag/stage': 'dev' }),
      },
    ])
  },
)

it.each(['CreateUserPool', 'UpdateUserPool'])(
  '%s asks whether its caller may hand over a role and a key',
  async (operation) => {
    const { call, everything: input, lambdaConfig, authorized } = await everything()
    authorized.length = 0
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/a'
    await call(operation, { ...input, LambdaConfig: { ...lambdaConfig, KMSKeyID: key } }).catch(
      () => undefined,
    )
    expect(authorized.slice(1)).toEqual([
      {
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::123456789012:role/sms',
        context: { 'iam:PassedToService': 'cognito-idp.amazonaws.com' },
      },
      { action: 'kms:CreateGrant', resource: key, context: {} },
    ])
  },
)

it.each(onNoPool)('%s asks for none', async (operation) => {
  const { call, everything: input, authorized } = await everything()
  authorized.length = 0
  await call(operation, input).catch(() => undefined)
  expect(authorized[0]).toMatchObject({ action: `cognito-idp:${operation}`, resource: '*' })
})

it('what AWS offers without a signature asks for nothing', async () => {
  const { call, everything: input, authorized } = await everything()
  authorized.length = 0
  for (const [operation, { unsigned }] of operations) {
    if (unsigned) await call(operation, input).catch(() => undefined)
  }
  expect(authorized).toEqual([])
})
