// `users`: says why one user gets no code, gives or deletes what is kept, lifts limits, changes the number.
import { maskPhone } from '../core/mask.ts'
import { usageError } from '../errors.ts'
import { spanOf } from '../settings/flag-values.ts'
import { requireRecord } from '../stage/recorded.ts'
import { userRows } from '../views/user-view.ts'
import { checkAction, checkNumbers } from './frame/action.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'
import { showNumber } from './frame/show-number.ts'
import { deleteUser, exportUser } from './frame/user-rights.ts'

const actions = ['show', 'reset', 'forget-devices', 'change-number', 'export', 'delete'] as const

export const command: CommandSpec = {
  args: '<action> <phone> [new]',
  description:
    'show: why a number gets no code: its account or that there is none, its devices, what of each limit is used, its last events and what to do; exits 0 whatever the answer is. reset: forgets the messages, answers and failures that were counted for the number, of strangers and of its devices; codes on their way stay valid. forget-devices: the devices that have signed in count as strangers again. change-number <old> <new>: for a user who cannot prove the new number; it counts as proven, and all sessions end. export: everything that is kept about number and account, as JSON, the full number in it. delete: the account and what the table keeps; log lines go with their retention. In a pool of your own (--user-pool) accounts are looked at and never changed: delete forgets what the table keeps, change-number is refused. What changes something asks first, who did it is noted in the log of verifyAuthChallenge, and cut off, the same command does what is left. Beyond what policy prints, all need cognito-idp:AdminGetUser (in a pool of your own cognito-idp:ListUsers), those that change something also logs:CreateLogStream and logs:PutLogEvents; change-number also cognito-idp:AdminUpdateUserAttributes, AdminUserGlobalSignOut and AdminDisableUser; delete also dynamodb:DeleteItem, cognito-idp:AdminUserGlobalSignOut, AdminDisableUser and AdminDeleteUser.',
  options: [
    ['--since <time>', 'show: how far back the events go: 2h, 3d (default 1d)'],
    ['--user <name>', 'what the pool calls the user, where several have the number'],
  ],
  choices: { '<action>': actions },
  examples: [
    ['whatsapp-otp users show +4915112345678 --stage prod', 'why does this user get no code?'],
    ['whatsapp-otp users reset +4915112345678 --stage prod', 'let the user try again now'],
    ['whatsapp-otp users export +4915112345678 > user.json', 'what is kept about this user?'],
  ],
  async run(context, action, number, other) {
    checkAction(action, actions, 'a user', 'whatsapp-otp users show <phone>')
    checkNumbers(action ?? '', other)
    const { output, tasks, flags, prompts, clock } = context
    const { parsePhone } = await import('../settings/phone.ts')
    const phone = parsePhone(number ?? '')
    const to = other === undefined ? undefined : parsePhone(other)
    const from = clock.now() - spanOf(flags.since ?? '1d')
    const name = flags.user === undefined ? undefined : String(flags.user)
    const stage = await open(context)
    if (action === 'show') return showNumber(context, stage, { phone, name }, from)
    if (action === 'export') return exportUser(context, stage, { phone, name })
    if (action === 'delete') return deleteUser(context, stage, { phone, name })
    const [{ findUser }, { deedOf, refuseDeed }, { doIt }] = await Promise.all([
      import('../users/one-user.ts'),
      import('../users/deeds.ts'),
      import('../users/deed.ts'),
    ])
    const record = requireRecord(stage)
    const { aws } = stage
    refuseDeed(action ?? '', record)
    const found = await tasks.run('Find the user', () => findUser(aws, record, phone, { to, name }))
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
