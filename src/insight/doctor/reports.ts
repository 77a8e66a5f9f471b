// Whether delivery reports arrive: where messages go out and nothing is reported, the provider does not know the address.
import { toAppError } from '../../aws/words.ts'
import { providerOf } from '../../core/messaging/providers.ts'
import { readReportUrl } from '../../resources/reports/function-url.ts'
import type { StageRecord } from '../../resources/stage-record.ts'
import { functionsOf, onlyWithReports } from '../../settings/parts.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { readActivity } from '../activity.ts'
import { type Examination, fail, pass, warn } from '../examination.ts'
import { readSecretsState } from '../judgement/secrets-state.ts'

const hourMs = 3_600_000
/** So few may be on their way, or have gone to phones that are off: the others have left at least «sent» behind. */
const fewMessages = 2

export async function examineReports(
  exam: Examination,
  stage: OpenStage,
  record: StageRecord,
): Promise<void> {
  if (!onlyWithReports.isWanted(record.settings)) return
  const { aws } = stage
  const { title, dashboard } = providerOf(record.settings)
  await exam.check('reports', 'delivery reports', async () => {
    // What was sent before there was a secret to sign with is no sign of anything.
    const { webhookChangedAt } = await readSecretsState(aws, record.settings)
    const from = Math.max(aws.clock.now() - hourMs, webhookChangedAt)
    const [url, { sent, reportedSent, delivered, undelivered, reportsRefused }] = await Promise.all([
      readReportUrl(aws),
      readActivity(aws, from, functionsOf(record.settings)),
    ]).catch((error) => {
      throw toAppError(error, 'look for delivery reports')
    })
    if (!url) return fail('there is no address for them', `whatsapp-otp deploy --stage ${record.stage}`)
    const reported = reportedSent + delivered + undelivered
    if (reported > 0) return pass(`${reported} in the last hour`)
    const secret = `whatsapp-otp rotate-key --webhook --stage ${record.stage}`
    const steps = `at ${dashboard}, set the webhook ${url} with the event «message status» and the secret that this shows: ${secret}`
    if (reportsRefused > 0)
      return fail('requests arrive, but without the right signature; none is taken', steps)
    if (sent === 0) return pass('nothing was sent in the last hour')
    const words = `none for the ${sent === 1 ? 'message' : `${sent} messages`} of the last hour: ${title} may not know the address`
    return (sent > fewMessages ? fail : warn)(words, steps)
  })
}
