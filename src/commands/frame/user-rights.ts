// `users export` and `users delete` in front of a person: what is kept about him is given to him, or goes.
import { usageError } from '../../errors.ts'
import { requireRecord } from '../../stage/recorded.ts'
import type { OpenStage } from '../../stage/stage.ts'
import type { Context } from './command.ts'

/** Whom a command is about: whoever has the number, and where several have it the one of this name. */
export interface Meant {
  phone: string
  name: string | undefined
}

/** The document is the result, with --json and without. */
export async function exportUser(
  { output, tasks }: Context,
  stage: OpenStage,
  { phone, name }: Meant,
): Promise<void> {
  const record = requireRecord(stage)
  const { keptDocument, readKept } = await import('../../users/kept.ts')
  const read = await tasks.run('Read what is kept', () => readKept(stage.aws, record, phone, name))
  const kept = keptDocument(read, record)
  const document = { command: 'users', action: 'export', stage: record.stage, kept }
  output.data(JSON.stringify({ schemaVersion: 1, ...document }, null, 2))
  output.json(document)
}

/** Asks to type a word, and with --yes for the name of the stage, as `destroy` does. */
export async function deleteUser(context: Context, stage: OpenStage, { phone, name }: Meant): Promise<void> {
  requireNamedStage(context)
  const { output, tasks, flags, prompts } = context
  const record = requireRecord(stage)
  const [{ readKept }, { deletionOf }, { doIt }] = await Promise.all([
    import('../../users/kept.ts'),
    import('../../users/delete-user.ts'),
    import('../../users/deed.ts'),
  ])
  const kept = await tasks.run('Read what is kept', () => readKept(stage.aws, record, phone, name))
  const deed = deletionOf(stage.aws, record, kept)
  for (const warning of deed.warnings) output.warn(warning)
  if (deed.question) {
    if (!flags.yes)
      await prompts.typeToConfirm({
        message: `${deed.question} Type delete`,
        expected: 'delete',
        flag: '--yes --stage <name>',
      })
    await tasks.run(deed.title, () => doIt(stage.aws, deed))
  }
  output.say(deed.done)
  output.json({ command: 'users', action: 'delete', stage: record.stage, ...deed.result })
}

/** Throws STAGE_NOT_NAMED. */
function requireNamedStage({ flags, target }: Context): void {
  if (!flags.yes || target.stageIsExplicit) return
  throw usageError('STAGE_NOT_NAMED', 'users delete --yes needs --stage', {
    why: 'nothing is removed without a question unless its stage is named',
    next: ['whatsapp-otp users delete <phone> --yes --stage dev'],
  })
}
