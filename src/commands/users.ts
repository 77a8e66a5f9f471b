// `users`: looks at one user, or lifts the limits that the user has run into.
import { maskPhone } from '../core/mask.ts'
import { usageError } from '../errors.ts'
import { userRows } from '../views/user-view.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

const actions = ['show', 'reset'] as const

export const command: CommandSpec = {
  args: '<action> <phone>',
  description:
    'show: the user’s status, whether the number is proven, and how much of each limit is used up. reset: forgets the messages, answers and failures counted for the number, after a question; who did it is noted in the log of verifyAuthChallenge. Codes on their way stay valid. Needs cognito-idp:AdminGetUser, and for reset dynamodb:PutItem, logs:CreateLogStream and logs:PutLogEvents, beyond what policy prints.',
  choices: { '<action>': actions },
  examples: [
    ['whatsapp-otp users show +4915112345678 --stage prod', 'why does this user get no code?'],
    ['whatsapp-otp users reset +4915112345678 --stage prod', 'let the user try again now'],
    ['whatsapp-otp users show +4915112345678 --json', 'for a support tool'],
  ],
  async run(context, action, number) {
    if (!(actions as readonly unknown[]).includes(action)) {
      throw usageError('UNKNOWN_ACTION', `«${action}» is not something to do with a user`, {
        why: `it must be ${actions.join(' or ')}`,
        next: ['whatsapp-otp users show <phone>'],
      })
    }
    const { output, tasks, flags, prompts } = context
    const { parsePhone } = await import('../settings/phone.ts')
    const phone = parsePhone(number ?? '')
    const stage = await open(context)
    const [{ requireRecord }, { findUser }, { resetUser }] = await Promise.all([
      import('../stage/stage.ts'),
      import('../users/one-user.ts'),
      import('../users/reset.ts'),
    ])
    const record = requireRecord(stage)
    const found = await tasks.run('Find the user', () => findUser(stage.aws, record, phone))
    output.table(userRows(found.user, phone))
    if (action === 'reset') {
      if (!flags.yes) {
        const message = 'Forget what was counted for this number?'
        const go = await prompts.confirm({ message, default: false, flag: '--yes' })
        if (!go) throw usageError('DECLINED', 'Nothing was changed')
      }
      await tasks.run('Reset the counters', () => resetUser(stage.aws, found, phone))
    }
    output.json({
      command: 'users',
      action,
      stage: record.stage,
      user: { phone: maskPhone(phone), ...found.user },
      ...(action === 'reset' ? { reset: true } : {}),
    })
  },
}
