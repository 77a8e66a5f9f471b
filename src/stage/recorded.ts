// The record that a command cannot go on without, asked for apart from what opens a stage, which loads the SDK.
import { AppError } from '../errors.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { takesSignUps } from '../settings/borrowed-pool.ts'
import type { OpenStage } from './stage.ts'

/** The record of a stage that must exist: for commands that only make sense after a deploy. */
export function requireRecord({ record, target, aws }: OpenStage): StageRecord {
  if (!record) {
    throw new AppError('STAGE_NOT_FOUND', `There is no stage «${target.stage}»`, {
      why: `account ${aws.place.account} has none of that name in ${aws.place.region}`,
      next: [
        `whatsapp-otp init --stage ${target.stage}`,
        'another region or account? see --region and --profile',
      ],
    })
  }
  const { userPoolId, signupClientId, loginClientId, createdAt } = record
  const hasClients = loginClientId && (signupClientId || !takesSignUps(record.settings))
  if (userPoolId && hasClients && createdAt) return record
  throw new AppError('STAGE_OUTDATED', `Stage «${target.stage}» was deployed by an older whatsapp-otp`, {
    why: `version ${record.toolVersion} did not note everything that this one needs`,
    next: [`whatsapp-otp deploy --stage ${target.stage}   brings it up to date`],
  })
}
