// `login`: signs up if needed and signs in from the terminal against the stage, as a user of the app would.
import { claimsLine, proofLines } from '../views/challenge-view.ts'
import { answersFor } from './frame/answers.ts'
import type { CommandSpec } from './frame/command.ts'
import { requireWorking, tellStanding } from './frame/login-talk.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  args: '<phone>',
  description:
    'Runs the whole sign-in against the stage: creates the user if there is none, has a code sent by WhatsApp, and exchanges it for tokens. The tokens are checked and thrown away, never printed. Sends nothing where nobody can type the code (no terminal, no --code-from), where the stage cannot sign anybody in, or where the number has no account; a limit that holds the message back is said. Looking at the number takes cognito-idp:AdminGetUser (in a pool of your own cognito-idp:ListUsers) and ssm:GetParameter; without them it goes on.',
  options: [
    ['--no-sign-up', 'do not create the user; sign in an existing one'],
    ['--user <name>', 'what the pool calls the user, where that is not the number'],
    ['--code-from <file>', 'read codes from there, one a line; - is standard input'],
  ],
  examples: [
    ['whatsapp-otp login +4915112345678', 'sign in to the stage dev'],
    ['whatsapp-otp login +4915112345678 --stage prod', 'sign in to prod'],
    ['whatsapp-otp login +4915112345678 --no-sign-up', 'only if the user exists'],
  ],
  async run(context, phone) {
    const { output, tasks, flags } = context
    const { parsePhone } = await import('../settings/phone.ts')
    const { signInTo } = await import('../stage/sign-in.ts')
    const number = parsePhone(phone ?? '')
    const stage = await open(context)
    await requireWorking(context, stage, number)
    const answer = answersFor(context)
    const name = flags.user === undefined ? undefined : String(flags.user)
    const user = { phone: number, mayCreate: flags.signUp !== false && name === undefined }
    let isNew = false
    const signedIn = await signInTo(stage, user, {
      ...tasks,
      warn: output.warn,
      signedUp(created) {
        isNew = created
        output.say(created ? 'A new user was created.' : 'The user exists.')
      },
      ready: () => tellStanding(context, stage, { phone: number, name, isNew }),
      answer,
    })
    for (const line of proofLines(signedIn)) output.say(line)
    output.data(`Signed in as ${signedIn.sub}`)
    output.data(`${claimsLine(signedIn)}, access token valid ${signedIn.expiresIn} s`)
    output.json({ command: 'login', signedIn: true, ...signedIn })
  },
}
