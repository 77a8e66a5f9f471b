// Whether an SMS takes the place of a message that does not arrive, and after how long.
import { findingsOf } from '../../core/parameters/findings.ts'
import { lookAfterMs } from '../../core/reports/late-sms.ts'
import { tooLateForSms } from '../../messaging/check.ts'
import { findings } from '../../resources/findings.ts'
import type { StageRecord } from '../../resources/stage-record.ts'
import { onlyWithFallback } from '../../settings/parts.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { type Examination, pass, warn } from '../examination.ts'

export async function examineLateSms(
  exam: Examination,
  { aws }: OpenStage,
  { settings, stage }: StageRecord,
): Promise<void> {
  if (!onlyWithFallback.isWanted(settings)) return
  await exam.check('fallback', 'SMS in place of lost messages', async () => {
    const { templateLifeSeconds } = findingsOf((await findings(aws.place).read(aws, {}))?.document)
    const otpExpiryMinutes = Number(settings.otpExpiryMinutes)
    const why = tooLateForSms(templateLifeSeconds, { ...settings, otpExpiryMinutes })
    if (why)
      return warn(why, `change the template, or OTP_EXPIRY_MINUTES; whatsapp-otp deploy --stage ${stage}`)
    const afterMs = lookAfterMs(templateLifeSeconds, otpExpiryMinutes * 60_000) ?? 0
    return pass(`at once for one that is reported as failed, after ${afterMs / 1000} s without a report`)
  })
}
