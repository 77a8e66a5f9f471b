// The same code by SMS through Amazon SNS, for numbers that WhatsApp certainly cannot reach.
import type { SendResult } from '../../src/core/messaging/provider.ts'
import { type SmsMessage, type SmsSender, smsAttributes, smsText } from '../../src/core/messaging/sms.ts'
import { type Aws, AwsError } from './aws-call.ts'
import type { Deadline } from './clock.ts'

/** Sends one SMS, once. Never throws for what AWS answers. */
export async function sendSms(
  aws: Aws,
  sender: SmsSender,
  message: SmsMessage,
  deadline: Deadline,
): Promise<SendResult> {
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    PhoneNumber: message.to,
    Message: smsText(message, sender),
  })
  smsAttributes(message.to, sender).forEach(([name, type, value], index) => {
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
