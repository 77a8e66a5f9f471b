// What a person types before a stage is removed.
import { count } from '../../terminal/layout.ts'
import type { Context } from './command.ts'

/** Throws where it is not confirmed. `users` are those that go with the pool; one that is borrowed stays. */
export const confirmDestroy =
  ({ flags, prompts, output, target }: Context) =>
  async ({ users, borrowed }: { users: number; borrowed: string | undefined }) => {
    if (borrowed) {
      output.say(
        `The pool ${borrowed} and its users stay: they are not the stage’s. Cognito calls again what it called before.`,
      )
    }
    if (users > 0) output.warn(`With the pool go about ${count(users, 'user')} (Cognito's own estimate)`)
    if (flags.yes) return
    await prompts.typeToConfirm({
      message: `Type ${target.stage} to remove it for good`,
      expected: target.stage,
      flag: '--yes --stage <name>',
    })
  }
