// Topics of the sandbox's SNS, through the real client: made once by their name, and written to only by who confirms.
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenSandbox, startOpenSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

let sandbox: OpenSandbox
let sns: SNSClient
beforeAll(async () => {
  sandbox = await startOpenSandbox()
  sns = new SNSClient(clientConfig(sandbox))
})
afterAll(() => sandbox.close())

const TopicArn = 'arn:aws:sns:us-east-1:123456789012:alarms'
const tagged = (Value: string) => new CreateTopicCommand({ Name: 'alarms', Tags: [{ Key: 'team', Value }] })
const subscribe = (Endpoint: string, Protocol = 'email') =>
  sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }))
const subscriptions = async () =>
  (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions

it('makes a topic once, and refuses another of its name with other tags', async () => {
  expect((await sns.send(tagged('auth'))).TopicArn).toBe(TopicArn)
  await sns.send(tagged('auth'))
  await sns.send(new CreateTopicCommand({ Name: 'alarms' }))
  await expect(sns.send(tagged('other'))).rejects.toMatchObject({ name: 'InvalidParameterException' })
  const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }))
  expect(Tags).toEqual([{ Key: 'team', Value: 'auth' }])
})

it('leaves an address pending until it confirms, and knows it once', async () => {
  expect((await subscribe('ops@example.com')).SubscriptionArn).toBe('pending confirmation')
  await subscribe('ops@example.com')
  expect(await subscriptions()).toMatchObject([
    { Endpoint: 'ops@example.com', SubscriptionArn: 'PendingConfirmation' },
  ])
  const Token = sandbox.inside.subscriptionTokens().get('ops@example.com')
  const { SubscriptionArn } = await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }))
  expect(SubscriptionArn).toMatch(`${TopicArn}:`)
  expect(await subscriptions()).toMatchObject([{ SubscriptionArn }])
  await expect(subscribe('nobody')).rejects.toMatchObject({ name: 'InvalidParameterException' })
  await expect(subscribe('a@example.com', 'pigeon')).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
})

it('forgets subscriptions with their topic, and takes a second removal', async () => {
  await sns.send(new DeleteTopicCommand({ TopicArn }))
  await sns.send(new DeleteTopicCommand({ TopicArn }))
  await expect(subscriptions()).rejects.toMatchObject({ name: 'NotFoundException' })
  await expect(sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  expect(sandbox.inventory()).toEqual([])
})
