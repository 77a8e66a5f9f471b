// `test-numbers`: numbers with a fixed code that is never sent, for reviewers of app stores and end-to-end tests.
import { text } from 'node:stream/consumers'
import { requireRecord } from '../stage/recorded.ts'
import { checkAction } from './frame/action.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

const actions = ['add', 'list', 'remove'] as const

export const command: CommandSpec = {
  args: '<action> [phone]',
  description:
    'add: a number whose code is always the same. Nothing is sent to it, all limits count, the country must be allowed, and a number that somebody has proven is refused. At most 10, for at most 90 days; adding one again gives it a new code and end. The code is as long as the codes of the stage; it comes from standard input (--stdin), from WHATSAPP_OTP_TEST_CODE in the environment or .env, or from a hidden question; where nobody gives one, it is made and shown once. It is never a flag, and only a keyed hash of it is kept, with the master key. list: masked, with the end. remove: ends one, by its number or by what list shows as «in the logs». What changes something asks first, who did it is noted in the log of verifyAuthChallenge, and the functions see it within 10 minutes. Beyond what policy prints, add and remove need logs:CreateLogStream and logs:PutLogEvents, and add also cognito-idp:AdminGetUser.',
  options: [
    ['--days <n>', 'for how many days, at most 90 (default 30)'],
    ['--until <date>', 'instead, the last day (UTC), as in 2026-12-31'],
    ['--stdin', 'read the code from standard input'],
  ],
  choices: { '<action>': actions },
  examples: [
    ['whatsapp-otp test-numbers add +15550100042 --days 14 --stage prod', 'for a review of the app'],
    ['whatsapp-otp test-numbers list --stage prod', 'which are there, and until when?'],
    ['whatsapp-otp test-numbers remove +15550100042 --stage prod', 'the review is over'],
  ],
  async run(context, action, number) {
    checkAction(action, actions, 'test numbers', 'whatsapp-otp test-numbers list')
    const { parsePhone } = await import('../settings/phone.ts')
    const { endOf, isShortHash, listTestNumbers } = await import('../users/test-numbers.ts')
    const isKnown = action === 'remove' && isShortHash(number ?? '')
    const phone = action === 'list' ? undefined : isKnown ? number : parsePhone(number ?? '')
    const { flags, output, clock, io } = context
    const until = endOf(flags, clock.now())
    const piped = flags.stdin ? (await text(io.stdin)).trim() : undefined
    const stage = await open(context)
    const { addInFront, removeInFront } = await import('./frame/test-number.ts')
    const result = { command: 'test-numbers', action, stage: requireRecord(stage).stage }
    if (phone === undefined) {
      const [{ shownTestNumber }, { testNumberTable }] = await Promise.all([
        import('../insight/test-numbers.ts'),
        import('../views/test-number-view.ts'),
      ])
      const list = await context.tasks.run('Read the test numbers', () => listTestNumbers(stage))
      const testNumbers = list.map((one) => shownTestNumber(one, clock.now()))
      if (testNumbers.length > 0) output.table(...testNumberTable(testNumbers))
      else output.say('The stage has no test number.')
      return output.json({ ...result, testNumbers })
    }
    const done = action === 'add' ? addInFront(phone, until, piped) : removeInFront(phone)
    output.json({ ...result, ...(await done(context, stage)) })
  },
}
