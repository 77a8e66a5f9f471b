// Which number sends: one that the provider's account has, or a typed one while nobody can be asked.
import { AppError } from '../errors.ts'
import { senderDoubt, senderObstacle } from '../messaging/check.ts'
import { isOutage, type Sender } from '../messaging/provider.ts'
import {
  answer,
  checkText,
  type Interview,
  isGiven,
  parseAs,
  presetOf,
  warnOfOutage,
  waysOf,
} from './interview.ts'

/** The account's senders, where there is an account to ask. Throws NO_SENDER where none of them can send. */
export async function askSender(interview: Interview): Promise<void> {
  const { resolved, prompts, output, provider } = interview
  const from = resolved.settings.whatsappFrom
  const senders = await readSenders(interview)
  if (from !== undefined && isGiven(interview, 'whatsappFrom')) {
    interview.sender = senders?.find(({ phone }) => phone === from)
    if (senders && !interview.sender)
      output.warn(`The ${provider.title} account does not list the sender ${from}`)
    return
  }
  const ways = waysOf('whatsappFrom')
  const before = presetOf(interview, 'whatsappFrom') || undefined
  if (!senders) {
    const text = await prompts.text({
      message: "Sender's number, with country code",
      ...ways,
      default: before,
      check: (typed) => checkText('whatsappFrom', typed),
    })
    return answer(interview, 'whatsappFrom', parseAs('whatsappFrom', text))
  }
  const choices = senders.map((one) => ({
    value: one,
    name: ['+', one.phone, one.business && `  ${one.business}`].join(''),
    disabled: senderObstacle(one) ?? senderDoubt(one),
  }))
  if (choices.every(({ disabled }) => disabled)) throw noSender(interview, senders)
  const usual = choices.find(({ value, disabled }) => value.phone === before && !disabled)?.value
  const sender = await prompts.select({
    message: 'Which number sends the codes?',
    ...ways,
    choices: choices.sort((a, b) => Number(Boolean(a.disabled)) - Number(Boolean(b.disabled))),
    ...(usual ? { default: usual } : {}),
  })
  interview.sender = sender
  answer(interview, 'whatsappFrom', sender.phone)
}

async function readSenders(interview: Interview): Promise<Sender[] | undefined> {
  const { tasks, provider, api } = interview
  if (!api) return undefined
  try {
    return await tasks.run(`Read the ${provider.title} account`, () => api.listSenders())
  } catch (error) {
    if (!isOutage(error)) throw error
    warnOfOutage(interview, error)
    return undefined
  }
}

function noSender({ provider }: Interview, senders: readonly Sender[]): AppError {
  return new AppError('NO_SENDER', `The ${provider.title} account has no number that can send`, {
    why:
      senders.length > 0
        ? senders.map((one) => `${one.phone}: ${senderObstacle(one) ?? senderDoubt(one)}`).join('; ')
        : 'no number is connected to the project of this key',
    next: [
      `connect a WhatsApp number at ${provider.dashboard}`,
      ...(senders.length > 0
        ? ['--from <number>   takes one that is not known to be gone all the same']
        : []),
      'whatsapp-otp demo   shows everything without one',
    ],
  })
}
