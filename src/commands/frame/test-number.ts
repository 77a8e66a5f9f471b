// A test number added or removed in front of a person: what comes of it is said, asked about, and done.
import { usageError } from '../../errors.ts'
import type { OpenStage } from '../../stage/stage.ts'
import type { Context } from './command.ts'

type Play = (context: Context, stage: OpenStage) => Promise<Record<string, unknown>>

const unseen = 'Functions that run see it within 10 minutes'

/** `until` is epoch milliseconds; `piped` is the code, where standard input was to give it. */
export const addInFront =
  (phone: string, until: number, piped: string | undefined): Play =>
  async (context, stage) => {
    const { output, tasks, prompts, sources, clock } = context
    const [{ addTestNumber, candidateOf }, { testCode }, { shownTestNumber }] = await Promise.all([
      import('../../users/test-numbers.ts'),
      import('../../wizard/test-code.ts'),
      import('../../insight/test-numbers.ts'),
    ])
    const candidate = await tasks.run('Look at the number', () => candidateOf(stage, phone))
    const { code, made, source } = await testCode(candidate, { piped, env: sources.env, prompts })
    if (!made) output.hide(code)
    // Nobody has seen it in this run, and a folder may have brought it along.
    if (source) output.say(`Its code comes from ${source}.`)
    const { opens } = candidate
    if (opens)
      output.warn(`Accounts of your pool that its code opens: ${opens.join(', ') || 'none has it yet'}`)
    if (candidate.former) output.say('It is a test number already; its former code and end are replaced.')
    const day = new Date(until).toISOString().slice(0, 16).replace('T', ' ')
    await agree(context, `Let whoever knows the code sign in with this number until ${day} UTC?`)
    const progress = { ...tasks, warn: output.warn }
    const added = await addTestNumber(stage, candidate, { code, until }, progress)
    const testNumber = shownTestNumber(added, clock.now())
    output.data(`${testNumber.phone} signs in with ${made ? code : 'its code'} until ${day} UTC`)
    output.say(`${made ? 'The code is shown this once. ' : ''}${unseen}.`)
    return { testNumber, ...(made ? { code } : {}) }
  }

export const removeInFront =
  (which: string): Play =>
  async (context, stage) => {
    const { output, tasks, clock } = context
    const [{ findTestNumber, removeTestNumber }, { shownTestNumber }] = await Promise.all([
      import('../../users/test-numbers.ts'),
      import('../../insight/test-numbers.ts'),
    ])
    const found = await tasks.run('Look at the number', () => findTestNumber(stage, which))
    const testNumber = shownTestNumber(found, clock.now())
    await agree(context, `End the fixed code of ${testNumber.phone || 'this number'}?`)
    await removeTestNumber(stage, found, { ...tasks, warn: output.warn })
    output.data(`${testNumber.phone} is a number like any other`)
    output.say(`${unseen}; until then its code may still sign in.`)
    return { testNumber, removed: true }
  }

async function agree({ flags, prompts }: Context, message: string): Promise<void> {
  if (flags.yes || (await prompts.confirm({ message, flag: '--yes' }))) return
  throw usageError('DECLINED', 'Nothing was changed')
}
