// Pausing a stage and letting it go on: one parameter, which the functions obey within a minute without a deploy.
import { toAppError } from '../aws/words.ts'
import { type BrakeDocument, type Pause, pauseOf } from '../core/parameters/brake.ts'
import { AppError, usageError } from '../errors.ts'
import { redact } from '../redact.ts'
import { brake, setBrake } from '../resources/brake.ts'
import { requireRecord } from '../stage/recorded.ts'
import type { OpenStage } from '../stage/stage.ts'
import type { Deed } from './deed.ts'

const longest = 200

/** Throws REASON_INVALID: it is kept in AWS, and whoever may look at the stage reads it. */
export function checkReason(text: unknown): string | undefined {
  if (text === undefined) return undefined
  const reason = String(text).trim()
  const complaint =
    reason === '' || [...reason].length > longest
      ? `it must have 1 to ${longest} characters`
      : /\p{C}|\p{Zl}|\p{Zp}/u.test(reason)
        ? 'it must be one line of plain text'
        : /\{\{|\}\}/.test(reason)
          ? 'SSM keeps no text with double braces'
          : redact(reason) !== reason || /\d{10,}/.test(reason)
            ? 'it looks as if there were a phone number or a key in it'
            : undefined
  if (complaint === undefined) return reason
  throw usageError('REASON_INVALID', 'This reason is not noted', {
    why: complaint,
    next: ['--reason "…" as in "bill grows, see ticket 4711"'],
  })
}

export interface BrakeDeed extends Deed {
  /** How it stood before; undefined where it was not paused. */
  before: Pause | undefined
}

/** To pause the stage; for one that is paused already, to give another reason. Throws as `brakeOf`. */
export async function pausing(stage: OpenStage, reason: string | undefined): Promise<BrakeDeed> {
  const { aws } = stage
  const document = await brakeOf(stage)
  const before = pauseOf(document)
  const name = aws.place.stage
  const isNew = !before || (reason !== undefined && reason !== before.reason)
  const why = reason ?? before?.reason
  const now: Pause = {
    since: before?.since ?? new Date(aws.clock.now()).toISOString(),
    by: isNew ? aws.who : before.by,
    ...(why ? { reason: why } : {}),
  }
  return {
    before,
    warnings: [],
    ...(isNew
      ? {
          question: before ? 'Note this reason instead?' : `Stop all messages and sign-ups of stage ${name}?`,
        }
      : {}),
    title: before ? 'Note the reason' : 'Pause the stage',
    notes: [['stage_paused', reason ? { reason } : {}]],
    play: () => setBrake(aws, document, { ...now, paused: true }),
    done: isNew
      ? `No message and no sign-up any more within a minute, until whatsapp-otp resume --stage ${name}. Codes that were sent may still be answered.`
      : `Stage ${name} is paused already; nothing was changed.`,
    result: { paused: true, ...now, changed: isNew },
  }
}

/** To let the stage go on. Throws as `brakeOf`. */
export async function resuming(stage: OpenStage): Promise<BrakeDeed> {
  const { aws } = stage
  const document = await brakeOf(stage)
  const before = pauseOf(document)
  const name = aws.place.stage
  const since = new Date(aws.clock.now()).toISOString()
  return {
    before,
    warnings: [],
    ...(before ? { question: `Let stage ${name} send messages and take sign-ups again?` } : {}),
    title: 'Resume the stage',
    notes: [['stage_resumed', { since: before?.since ?? '' }]],
    play: () => setBrake(aws, document, { paused: false, since, by: aws.who }),
    done: before
      ? 'Messages and sign-ups go on within a minute.'
      : `Stage ${name} is not paused; nothing was changed.`,
    result: { paused: false, changed: before !== undefined },
  }
}

/** Throws STAGE_OUTDATED where there is none of ours: the functions would look for nothing, or at somebody else's. */
async function brakeOf(stage: OpenStage): Promise<BrakeDocument> {
  const { place } = stage.aws
  requireRecord(stage)
  const resource = brake(place)
  const have = await resource.read(stage.aws, {}).catch((error) => {
    throw toAppError(error, 'read the brake')
  })
  if (have?.document && resource.isOurs(have)) return have.document
  throw new AppError('STAGE_OUTDATED', `Stage «${place.stage}» cannot be paused or resumed yet`, {
    why: `its parameter ${resource.name} is missing or cannot be read; a deploy makes it`,
    next: [`whatsapp-otp deploy --stage ${place.stage}`],
  })
}
