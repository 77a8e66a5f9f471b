// SNS of the sandbox, through the real client: it keeps what it is asked to send.

import { GetSMSSandboxAccountStatusCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startOpenSandbox, startSandbox } from '../../../src/sandbox/server.ts'
import { clientConfig } from '../lambda/function-fixture.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

it('keeps the text messages it is asked to send', async () => {
  const sns = new SNSClient(clientConfig(sandbox))
  const { MessageId } = await sns.send(
    new PublishCommand({
      PhoneNumber: '+15550100001',
      Message: 'hello',
      MessageAttributes: { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } },
    }),
  )
  expect(sandbox.textMessages).toMatchObject([
    {
      id: MessageId,
      to: '+15550100001',
      message: 'hello',
      attributes: { 'AWS.SNS.SMS.SMSType': 'Transactional' },
    },
  ])
  await expect(sns.send(new PublishCommand({ PhoneNumber: '555', Message: 'x' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
  expect((await sns.send(new GetSMSSandboxAccountStatusCommand({}))).IsInSandbox).toBe(false)
})

it('takes the permission to send text messages besides, where that is so', async () => {
  const open = await startOpenSandbox({ world: { smsPermission: 'sms-voice' } })
  const sns = new SNSClient(clientConfig(open))
  const publish = () => sns.send(new PublishCommand({ PhoneNumber: '+15550100001', Message: 'hello' }))
  const allow = (...Action: string[]) =>
    open.setCallerPolicy({ Statement: { Effect: 'Allow', Action, Resource: '*' } })
  allow('sns:Publish')
  await expect(publish()).rejects.toMatchObject({
    name: 'AuthorizationErrorException',
    message: expect.stringContaining('sms-voice:SendTextMessage'),
  })
  allow('sns:Publish', 'sms-voice:SendTextMessage')
  await publish()
  open.inside.world.unsettled.smsPermission = 'sns'
  allow('sns:Publish')
  await publish()
  expect(open.textMessages).toHaveLength(2)
  await open.close()
})
