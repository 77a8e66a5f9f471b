// What `login` finds out before it asks for a code: whether the stage works, and whether a code can come at all.
import { AppError } from '../../errors.ts'
import type { Problem } from '../../insight/judgement/problem.ts'
import { type OpenStage, requireRecord } from '../../stage/stage.ts'
import { standingLine } from '../../views/number-view.ts'
import type { Context } from './command.ts'

/** Throws STAGE_UNHEALTHY where no sign-in can work, and COUNTRY_NOT_ALLOWED, before anything is sent or made. */
export async function requireWorking(
  { tasks, output }: Context,
  stage: OpenStage,
  phone: string,
): Promise<void> {
  const record = requireRecord(stage)
  const [{ refuseCountry }, { findProblems }] = await Promise.all([
    import('../../users/account.ts'),
    import('../../insight/health.ts'),
  ])
  refuseCountry(record, phone, 'That number gets no code')
  const problems = await tasks.run('Look at the stage', () => findProblems(stage.aws, record))
  // The last messages say how it was; whoever signs in finds out how it is.
  const isCertain = ({ grave, id }: Problem) => grave && id !== 'unknown' && !id.startsWith('sends')
  for (const { cause } of problems.filter((problem) => !isCertain(problem))) output.warn(cause)
  const certain = problems.filter(isCertain)
  if (certain.length === 0) return
  throw new AppError('STAGE_UNHEALTHY', `Nobody can sign in to stage ${record.stage}`, {
    why: certain.map(({ cause }) => cause).join('; '),
    next: [...new Set(certain.flatMap(({ next }) => next)), `whatsapp-otp doctor --stage ${record.stage}`],
  })
}

/**
 * Says what the app is not told: that no message comes, and why. Throws USER_NOT_FOUND, with nothing sent. Who may
 * not look goes on without.
 */
export async function tellStanding(
  { tasks, output, clock }: Context,
  stage: OpenStage,
  phone: string,
): Promise<void> {
  const record = requireRecord(stage)
  const { lookAtNumber } = await import('../../users/number.ts')
  const looked = await tasks.run('Look at the number', () =>
    lookAtNumber(stage.aws, record, phone).catch((error: AppError) => {
      if (error.code === 'CANCELLED') throw error
      return undefined
    }),
  )
  if (!looked) return output.warn('Whether a code can come is not known: the number cannot be looked at')
  if (!looked.found) throw noAccount(record.stage)
  const line = standingLine(looked, clock.now())
  if (line !== undefined) output.warn(line)
}

function noAccount(stage: string): AppError {
  return new AppError('USER_NOT_FOUND', `Stage ${stage} has no user with that number, so nothing was sent`, {
    why: 'nobody has signed up with it',
    next: [
      `whatsapp-otp login <phone> --stage ${stage}   without --no-sign-up, which makes the user`,
      'check the number, its country code above all',
    ],
  })
}
