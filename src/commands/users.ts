// `users`: looks at one user, lifts the limits it ran into, forgets its devices, or gives it another number.
import { maskPhone } from '../core/mask.ts'
import { usageError } from '../errors.ts'
import { userRows } from '../views/user-view.ts'
import { checkAction } from './frame/action.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

const actions = ['show', 'reset', 'forget-devices', 'change-number'] as const

export const command: CommandSpec = {
  args: '<action> <phone> [new]',
  description:
    'show: the user’s status, whose the number is, its devices, and how much of each limit is used up. reset: forgets the messages, answers and failures that were counted for the number, of strangers and of its devices; codes on their way stay valid. forget-devices: the devices that have signed in count as strangers again. change-number <old> <new>: for a user who cannot prove the new number; it counts as proven, and all sessions end; cut off, the same command does what is left. What changes something asks first, and who did it is noted in the log of verifyAuthChallenge. Beyond what policy prints, show needs cognito-idp:AdminGetUser, the others also logs:CreateLogStream and logs:PutLogEvents, and change-number also cognito-idp:AdminUpdateUserAttributes, AdminUserGlobalSignOut and AdminDisableUser.',
  choices: { '<action>': actions },
  examples: [
    ['whatsapp-otp users show +4915112345678 --stage prod', 'why does this user get no code?'],
    ['whatsapp-otp users reset +4915112345678 --stage prod', 'let the user try again now'],
    ['whatsapp-otp users change-number +4915112345678 +4915187654321', 'the old number is lost'],
  ],
  async run(context, action, number, other) {
    checkAction(action, actions, 'a user', 'whatsapp-otp users show <phone>')
    if ((action === 'change-number') !== (other !== undefined)) {
      throw usageError('NUMBERS_INVALID', `${action} is about ${other ? 'one number' : 'two numbers'}`, {
        why: other ? 'nothing is done to the second one' : 'the new one is missing',
        next: [`whatsapp-otp users ${action} ${other ? '<phone>' : '<old> <new>'}`],
      })
    }
    const { output, tasks, flags, prompts, clock } = context
    const { parsePhone } = await import('../settings/phone.ts')
    const phone = parsePhone(number ?? '')
    const to = other === undefined ? undefined : parsePhone(other)
    const stage = await open(context)
    const [{ requireRecord }, { findUser }, { deedOf }, { doIt }] = await Promise.all([
      import('../stage/stage.ts'),
      import('../users/one-user.ts'),
      import('../users/deeds.ts'),
      import('../users/deed.ts'),
    ])
    const record = requireRecord(stage)
    const { aws } = stage
    const found = await tasks.run('Find the user', () => findUser(aws, record, phone, to))
    output.table(userRows(found.user, found.phone, clock.now()))
    const deed = await deedOf(action ?? '', aws, record, found, to)
    for (const warning of deed?.warnings ?? []) output.warn(warning)
    if (deed?.question) {
      const message = deed.question
      if (!flags.yes && !(await prompts.confirm({ message, flag: '--yes' })))
        throw usageError('DECLINED', 'Nothing was changed')
      await tasks.run(deed.title, () => doIt(aws, deed))
    }
    if (deed) output.say(deed.done)
    const user = { phone: maskPhone(found.phone), ...found.user }
    output.json({ command: 'users', action, stage: record.stage, user, ...deed?.result })
  },
}
