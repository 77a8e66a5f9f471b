// The parameter that pauses a stage: made once as not paused, written by `pause` and `resume`, kept by every deploy.
import type { Aws } from '../aws/clients.ts'
import { toAppError } from '../aws/words.ts'
import { type BrakeDocument, type Pause, parseBrake, pauseOf, pauseWords } from '../core/parameters/brake.ts'
import { AppError } from '../errors.ts'
import { names, type Place } from '../names.ts'
import { type ReadTexts, readTexts, replaceParameter, stageDocument } from './parameter.ts'

/** Removed after the functions: one that still runs would take a paused stage without it for one that is not. */
export const brake = (place: Place, readAll: ReadTexts = readTexts) =>
  stageDocument<BrakeDocument>(
    place,
    { kind: 'brake', name: names.brake(place.stage), parse: parseBrake, empty: '(not paused)' },
    readAll,
  )

/** One write, which needs no hold of the stage: it must work while somebody deploys. */
export async function setBrake(
  aws: Aws,
  { reason: _, ...before }: BrakeDocument,
  now: Pause & { paused: boolean },
): Promise<void> {
  const text = JSON.stringify({ ...before, ...now })
  await replaceParameter(aws, { name: names.brake(aws.place.stage), type: 'String', text }, { unheld: true })
}

/** Undefined where it is not paused, and where these credentials may not know. */
export async function pauseIn(aws: Aws): Promise<Pause | undefined> {
  try {
    return pauseOf((await brake(aws.place).read(aws, {}))?.document)
  } catch (error) {
    const known = toAppError(error, 'read the brake')
    if (known.code === 'ACCESS_DENIED') return undefined
    throw known
  }
}

/** Throws STAGE_PAUSED: `undone` is what cannot be done now. */
export async function refusePaused(aws: Aws, undone: string): Promise<void> {
  const pause = await pauseIn(aws)
  if (!pause) return
  const { stage } = aws.place
  throw new AppError('STAGE_PAUSED', undone, {
    why: `stage ${stage} is ${pauseWords(pause)}`,
    next: [`whatsapp-otp resume --stage ${stage}`],
  })
}
