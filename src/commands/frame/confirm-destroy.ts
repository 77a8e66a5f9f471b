// What a person types before a stage is removed.
import { count } from '../../terminal/layout.ts'
import type { Context } from './command.ts'

/** Throws where it is not confirmed. `users` are those that go with the pool. */
export const confirmDestroy =
  ({ flags, prompts, output, target }: Context) =>
  async ({ users }: { users: number }) => {
    if (users > 0) output.warn(`With the pool go about ${count(users, 'user')} (Cognito's own estimate)`)
    if (flags.yes) return
    await prompts.typeToConfirm({
      message: `Type ${target.stage} to remove it for good`,
      expected: target.stage,
      flag: '--yes --stage <name>',
    })
  }
