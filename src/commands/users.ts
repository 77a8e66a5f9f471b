// `users`: looks at one user, or lifts the limits that the user has run into.

import { maskPhone } from '../core/mask.ts'
import { usageError } from '../errors.ts'
import { duration } from '../terminal/layout.ts'
import type { OneUser } from '../users/one-user.ts'
import type { CommandSpec, Context } from './command.ts'
import { open } from './open.ts'

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
    const [{ requireRecord }, { findUser, resetCounters }, { writeAudit }] = await Promise.all([
      import('../stage/stage.ts'),
      import('../users/one-user.ts'),
      import('../users/audit.ts'),
    ])
    const record = requireRecord(stage)
    const found = await tasks.run('Find the user', () => findUser(stage.aws, record, phone))
    show(context, found.user, phone)
    if (action === 'reset') {
      if (!flags.yes) {
        const message = 'Forget what was counted for this number?'
        const go = await prompts.confirm({ message, default: false, flag: '--yes' })
        if (!go) throw usageError('DECLINED', 'Nothing was changed')
      }
      await tasks.run('Reset the counters', async () => {
        const { number: hash, counters } = found.user
        await writeAudit(stage.aws, 'counters_reset', { number: hash, phone: maskPhone(phone), ...counters })
        await resetCounters(stage.aws, found)
      })
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

/** What each reason of the triggers means to whoever looks after users. */
const decoys: Record<string, string> = {
  country: 'never gets a code: the country is not among ALLOWED_COUNTRIES',
  changed_number: 'never gets a code: the proven number was replaced by one that is not proven',
  no_number: 'never gets a code: there is no phone number',
}

const reasons: Record<string, string> = {
  cooldown: 'the pause between two messages',
  hour: 'the messages of an hour',
  day: 'the messages of a day',
  checks: 'the answers of an hour or a day',
  locked: 'too many wrong answers in a row',
}

function show({ output }: Context, user: OneUser, phone: string): void {
  const { counters, blocked, decoy } = user
  const yes = (flag: boolean) => (flag ? 'yes' : 'no')
  const now = decoy
    ? (decoys[decoy] ?? `never gets a code (${decoy})`)
    : blocked
      ? `no message for ${duration(blocked.waitMs)}: ${reasons[blocked.reason] ?? blocked.reason}`
      : 'may get a code'
  output.table([
    ['User', `${maskPhone(phone)}  ${user.username}`],
    ['Status', `${user.status}, ${user.enabled ? 'enabled' : 'disabled'}`],
    [
      'Proven',
      `phone_number_verified ${yes(user.phoneNumberVerified)}, custom:whatsapp_verified ${yes(user.whatsappVerified)}`,
    ],
    ['Messages', `${counters.sendsLastHour} in the last hour, ${counters.sendsLastDay} in the last day`],
    ['Answers', `${counters.checksLastHour} in the last hour, ${counters.checksLastDay} in the last day`],
    ['Failures', `${counters.failures} in a row`],
    ['Now', now],
  ])
}
