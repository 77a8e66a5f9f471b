// Text messages: whether SNS lets this account reach anybody, and one test message where it is asked for.
import type { Aws } from '../../aws/clients.ts'
import { isAccessDenied } from '../../aws/errors.ts'
import { ungated } from '../../aws/gate.ts'
import { toAppError } from '../../aws/words.ts'
import { maskPhone } from '../../core/mask.ts'
import { type SmsSender, smsAttributes, smsText } from '../../core/messaging/sms.ts'
import type { Settings } from '../../settings/schema.ts'
import { none } from '../../settings/sms.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { type Examination, fail, type Outcome, pass, warn } from '../examination.ts'

const moving = 'https://docs.aws.amazon.com/sns/latest/dg/sns-sms-sandbox-moving-to-production.html'
const testText = 'A test message of whatsapp-otp. There is no code in it, and nothing to do.'

/** `to` is E.164: the number that gets a test message. Without it only a stage with SMS_FALLBACK is looked at. */
export async function examineSms(
  exam: Examination,
  { aws, record, resolved }: OpenStage,
  to: string | undefined,
): Promise<void> {
  const settings: Partial<Settings> = record?.settings ?? resolved.settings
  if (!settings.smsFallback && to === undefined) return
  let isInSandbox = false
  await exam.check('sms.sandbox', 'SNS and text messages', async () => {
    const { GetSMSSandboxAccountStatusCommand } = await import('../../aws/late/sns.ts')
    try {
      const status = await (await aws.sns()).send(new GetSMSSandboxAccountStatusCommand({}))
      isInSandbox = status.IsInSandbox === true
      return isInSandbox ? inSandbox(aws) : pass('the account is not in SNS’s sandbox')
    } catch (error) {
      return unasked(error, 'ask SNS for its sandbox')
    }
  })
  if (to === undefined) return
  await exam.check('sms.test', `test SMS to ${maskPhone(to)}`, async () => {
    if (isInSandbox && !(await isVerified(aws, to))) return unverified(aws)
    return send(aws, to, senderIn(settings))
  })
}

const inSandbox = ({ place }: Aws) =>
  warn(
    `the account is in SNS’s sandbox in ${place.region}: SMS reach only numbers that are verified there, at most 10, for 1 US$ a month`,
    `have the account moved out: ${moving}`,
  )

function unasked(error: unknown, doing: string): Outcome {
  if (!isAccessDenied(error)) throw toAppError(error, doing)
  return { verdict: 'skip', detail: toAppError(error, doing).why ?? 'these credentials may not ask' }
}

async function isVerified(aws: Aws, to: string): Promise<boolean> {
  const { paginateListSMSSandboxPhoneNumbers } = await import('../../aws/late/sns.ts')
  try {
    for await (const { PhoneNumbers = [] } of paginateListSMSSandboxPhoneNumbers(
      { client: await aws.sns() },
      {},
    ))
      if (PhoneNumbers.some((one) => one.PhoneNumber === to && one.Status === 'Verified')) return true
    return false
  } catch (error) {
    // Whoever may not ask may send all the same.
    if (isAccessDenied(error)) return true
    throw toAppError(error, 'read the verified numbers')
  }
}

const unverified = ({ place }: Aws) =>
  fail(
    'not sent: this number is not verified in SNS’s sandbox',
    `aws sns create-sms-sandbox-phone-number --region ${place.region} --phone-number <phone>, then verify-sms-sandbox-phone-number with the code that comes`,
  )

async function send(aws: Aws, to: string, sender: SmsSender): Promise<Outcome> {
  const { PublishCommand } = await import('../../aws/late/sns.ts')
  // India takes the registered wording and no other: with a code that is none.
  const message =
    to.startsWith('+91') && sender.india ? { to, code: '000000', language: 'en' as const } : undefined
  const attributes = smsAttributes(to, sender).map(([name, DataType, StringValue]) => [
    name,
    { DataType, StringValue },
  ])
  try {
    const { MessageId } = await (await aws.sns()).send(
      ungated(
        new PublishCommand({
          PhoneNumber: to,
          Message: message ? smsText(message, sender) : testText,
          MessageAttributes: Object.fromEntries(attributes),
        }),
      ),
    )
    return pass(`SNS took it as ${MessageId}; whether it arrives, only the phone tells`)
  } catch (error) {
    throw toAppError(error, 'send the test SMS')
  }
}

/** As the functions have it. */
function senderIn(settings: Partial<Settings>): SmsSender {
  const given = (value: string | undefined) => (value === none ? undefined : value)
  const entityId = given(settings.smsIndiaEntityId)
  const templateId = given(settings.smsIndiaTemplateId)
  const text = given(settings.smsIndiaText)
  return {
    senderId: given(settings.smsSenderId),
    originationNumber: given(settings.smsOriginationNumber),
    india: entityId && templateId && text ? { entityId, templateId, text } : undefined,
  }
}
