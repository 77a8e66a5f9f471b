// A sign-in as it happens: what the app asks, what Cognito answers, and the message on the phone. Pure.
import type { Step } from '../sandbox/door/flow.ts'
import { widthOf } from '../terminal/layout.ts'
import type { Theme } from '../terminal/theme.ts'

export interface Talk {
  /** What the user signs in with. */
  phone: string
  /** The number that codes come from. */
  sender: string
  theme: Theme
}

/** The lines that a step is worth: none for what only happens inside. */
export function stepLines(step: Step, talk: Talk): string[] {
  const { kind, from, about, at } = step
  if (kind === 'call') return [said('app → Cognito', callWords(step, talk.phone))]
  if (kind === 'answer') return [said('Cognito → app', answerWords(about))]
  if (kind === 'send') return [said(`${from} → SendZen`, 'a message')]
  return kind === 'arrival' ? bubble(`${about.code} is your verification code.`, at, talk) : []
}

const said = (who: string, what: string) => `  ${who.padEnd(13)}  ${what}`

function callWords({ name, about }: Step, phone: string): string {
  return `${name} ${about.answer ?? phone}`
}

function answerWords({
  status,
  codeLength,
  expiresIn,
  attemptsLeft,
  tokens,
  confirmed,
}: Step['about']): string {
  if (tokens) return 'access, ID and refresh token'
  if (status === 'sent') return `challenge, sent: ${codeLength} digits, ${expiresIn} s`
  if (status) return `challenge, ${status}: ${attemptsLeft} tries left`
  return confirmed ? `UserConfirmed ${confirmed}` : 'done'
}

/** The message as a phone shows it. Codes may be seen here: there is no phone. `at`: epoch milliseconds. */
function bubble(text: string, at: number, { sender, theme }: Talk): string[] {
  const line = `${text}  ${new Date(at).toISOString().slice(11, 16)}`
  const title = ` WhatsApp · +${sender} `
  const { green } = theme.paint
  const width = widthOf(line) + 2
  return [
    `    ${green(`╭${title}${'─'.repeat(width - widthOf(title))}╮`)}`,
    `    ${green('│')} ${theme.paint.bold(line)} ${green('│')}`,
    `    ${green(`╰${'─'.repeat(width)}╯`)}`,
  ]
}
