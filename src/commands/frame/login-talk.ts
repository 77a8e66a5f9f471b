// What `login` finds out before it asks for a code: whether the stage works, and whether a code can come at all.
import { AppError } from '../../errors.ts'
import type { Problem } from '../../insight/judgement/problem.ts'
import { requireRecord } from '../../stage/recorded.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { standingLine } from '../../views/number-view.ts'
import type { Context } from './command.ts'
import type { Meant } from './user-rights.ts'

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
 * Says what the app is not told: that no message comes, and why. Gives what a borrowed pool calls the user. Throws
 * USER_NOT_FOUND and NUMBER_OF_SEVERAL, with nothing sent. Who may not look goes on without.
 */
export async function tellStanding(
  { tasks, output, clock }: Context,
  stage: OpenStage,
  { phone, name, isNew }: Meant & { isNew: boolean },
): Promise<string | undefined> {
  const record = requireRecord(stage)
  const { lookAtNumber, noAccount } = await import('../../users/number.ts')
  const looked = await tasks.run('Look at the number', () =>
    lookAtNumber(stage.aws, record, phone, name).catch((error: AppError) => {
      if (['CANCELLED', 'NUMBER_OF_SEVERAL'].includes(error.code)) throw error
      return undefined
    }),
  )
  if (!looked) {
    output.warn('Whether a code can come is not known: the number cannot be looked at')
    return name
  }
  const user = looked.found?.user
  // A list of users is behind one that was made just now.
  if (!user && isNew) return undefined
  if (!user) throw noAccount(record, name)
  const line = standingLine(looked, clock.now())
  if (line !== undefined) output.warn(line)
  return user.pool === 'borrowed' ? user.username : name
}
