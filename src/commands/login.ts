// `login`: signs up if needed and signs in from the terminal against the stage, as a user of the app would.
import { challengeLine, codeQuestion, proofLines } from '../views/challenge-view.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  args: '<phone>',
  description:
    'Runs the whole sign-in against the stage: creates the user if there is none, has a code sent by WhatsApp, and exchanges it for tokens. The tokens are checked and thrown away, never printed.',
  options: [['--no-sign-up', 'do not create the user; sign in an existing one']],
  examples: [
    ['whatsapp-otp login +4915112345678', 'sign in to the stage dev'],
    ['whatsapp-otp login +4915112345678 --stage prod', 'sign in to prod'],
    ['whatsapp-otp login +4915112345678 --no-sign-up', 'only if the user exists'],
  ],
  async run(context, phone) {
    const { output, tasks, flags, prompts } = context
    const { parsePhone } = await import('../settings/phone.ts')
    const { signInTo } = await import('../stage/sign-in.ts')
    const number = parsePhone(phone ?? '')
    const stage = await open(context)
    const user = { phone: number, mayCreate: flags.signUp !== false }
    const signedIn = await signInTo(stage, user, {
      ...tasks,
      warn: output.warn,
      signedUp: (created) => output.say(created ? 'A new user was created.' : 'The user exists.'),
      async answer(parameters) {
        output.say(challengeLine(parameters))
        return prompts.text({
          message: codeQuestion(parameters),
          check: (text) => text.trim() !== '' || 'type the code, or r',
        })
      },
    })
    for (const line of proofLines(signedIn)) output.say(line)
    const { sub, phoneNumberVerified, whatsappVerified, expiresIn } = signedIn
    output.data(`Signed in as ${sub}`)
    output.data(
      `phone_number_verified ${phoneNumberVerified}, custom:whatsapp_verified ${whatsappVerified}, access token valid ${expiresIn} s`,
    )
    output.json({ command: 'login', signedIn: true, ...signedIn })
  },
}
