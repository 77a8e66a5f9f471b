// The same code by SMS through Amazon SNS, for numbers that WhatsApp certainly cannot reach.
import type { SendResult } from '../../src/core/messaging/provider.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Deadline } from './clock.ts'

/** US dollars for one message; SNS does not send a dearer one. Pumping lives on dear destinations. */
const maxPrice = '0.25'

/** Sends one SMS, once. Never throws for what AWS answers. */
export async function sendSms(aws: Aws, to: string, code: string, deadline: Deadline): Promise<SendResult> {
  const attributes = [
    ['AWS.SNS.SMS.SMSType', 'String', 'Transactional'],
    ['AWS.SNS.SMS.MaxPrice', 'Number', maxPrice],
  ]
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    PhoneNumber: to,
    Message: `Your verification code is ${code}. Do not share it.`,
  })
  attributes.forEach(([name = '', type = '', value = ''], index) => {
    const entry = `MessageAttributes.entry.${index + 1}`
    form.set(`${entry}.Name`, name)
    form.set(`${entry}.Value.DataType`, type)
    form.set(`${entry}.Value.StringValue`, value)
  })
  try {
    const answer = await aws.post({
      service: 'sns',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: form.toString(),
      deadline,
      attempts: 1,
    })
    const messageId = /<MessageId>([\w-]{1,100})<\/MessageId>/.exec(answer)?.[1]
    return { outcome: 'sent', ...(messageId ? { messageId } : {}) }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { outcome: error.maybeDone ? 'unknown' : 'failed', blame: 'provider', code: error.code }
  }
}
