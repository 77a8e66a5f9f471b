// The wizard's questions about the template: which one, in which languages, or a new one.
import { newTemplateLife } from '../core/reports/late-sms.ts'
import { AppError } from '../errors.ts'
import { isOutage, type ProviderAccount, ProviderError, type Template } from '../messaging/provider.ts'
import { type Judgement, judgeTemplates, obstacleOf } from '../messaging/templates.ts'
import { count } from '../terminal/layout.ts'
import type { Choice } from '../terminal/prompt.ts'
import {
  answer,
  checkText,
  currentOf,
  type Interview,
  isGiven,
  parseAs,
  warnOfOutage,
  waysOf,
} from './interview.ts'

/** Template first, then the languages it really has. */
export async function askTemplate(interview: Interview): Promise<void> {
  const { resolved, output } = interview
  const templates = await readTemplates(interview)
  if (!templates) return askUnchecked(interview)
  const wanted = isGiven(resolved, 'whatsappLanguages') ? (resolved.settings.whatsappLanguages ?? []) : []
  const judge = (list: Template[]) =>
    judgeTemplates(list, { languages: wanted, expiryMinutes: currentOf(interview, 'otpExpiryMinutes') })
  const given = resolved.settings.whatsappTemplateName
  const chosen = given
    ? judge(templates).find(({ name }) => name === given)
    : await pick(interview, judge(templates), async () =>
        judge(await create(interview, wanted[0] ?? 'en_US')),
      )
  // A given template that the account lacks is refused by the check before the deploy, in full words.
  if (!chosen) return
  if (!given) answer(interview, 'whatsappTemplateName', chosen.name)
  for (const warning of chosen.warnings) output.warn(`Template ${chosen.name}: ${warning}`)
  if (wanted.length === 0) await askLanguages(interview, chosen)
}

async function readTemplates(interview: Interview): Promise<Template[] | undefined> {
  const { api, sender, tasks } = interview
  if (!api || !sender) return undefined
  try {
    return await tasks.run('Read the templates', () => api.listTemplates(sender.wabaId))
  } catch (error) {
    if (!isOutage(error)) throw error
    warnOfOutage(interview, error)
    return undefined
  }
}

async function pick(
  { prompts, output }: Interview,
  judged: Judgement[],
  make: () => Promise<Judgement[]>,
): Promise<Judgement | undefined> {
  // Usable ones first: a list may begin with dozens of marketing templates.
  const sorted = [...judged].sort((a, b) => Number(b.usable) - Number(a.usable))
  const choices: Choice<Judgement | 'new'>[] = sorted.map((one) => ({
    value: one,
    name: one.usable ? `${one.name}  ${one.languages.join(', ')}` : one.name,
    description: one.warnings.join('; ') || undefined,
    disabled: one.usable ? undefined : one.reason,
  }))
  const usable = sorted.filter((one) => one.usable).length
  choices.splice(usable, 0, { value: 'new', name: 'Create an authentication template …' })
  for (;;) {
    const chosen = await prompts.select({
      message: 'Which template carries the code?',
      ...waysOf('whatsappTemplateName'),
      choices,
    })
    if (chosen !== 'new') return chosen
    try {
      return (await make())[0]
    } catch (error) {
      // Meta lets young accounts create none; the answers so far are worth keeping.
      if (!(error instanceof ProviderError) || error.refusal !== 'refused') throw error
      output.warn(`${error.message}: ${error.why}. ${error.next[0] ?? ''}`)
    }
  }
}

/** Creates a template in one language and waits for Meta; gives it once it can be used. */
async function create(interview: Interview, language: string): Promise<Template[]> {
  const { prompts, output, tasks } = interview
  const api = interview.api as ProviderAccount
  const wabaId = interview.sender?.wabaId ?? ''
  const name = await prompts.text({
    message: 'Name of the new template',
    default: 'otp_login',
    ...waysOf('whatsappTemplateName'),
    check: (typed) => checkText('whatsappTemplateName', typed),
  })
  const code = await prompts.text({
    message: 'Its language',
    default: language,
    ...waysOf('whatsappLanguages'),
    check: (typed) =>
      typed.includes(',') ? 'one language; more can be added later' : checkText('whatsappLanguages', typed),
  })
  const expiryMinutes = currentOf(interview, 'otpExpiryMinutes')
  const lifeSeconds = newTemplateLife(expiryMinutes * 60, currentOf(interview, 'smsFallback'))
  await tasks.run(`Create the template ${name}`, () =>
    api.createTemplate(wabaId, { name, language: code.trim(), expiryMinutes, lifeSeconds }),
  )
  output.say(
    `WhatsApp writes its text; the footer says that the code expires in ${count(expiryMinutes, 'minute')}.`,
  )
  output.say('Meta has to approve it first, mostly within minutes. Ctrl-C leaves; the template stays.')
  return [await tasks.run('Wait for the approval', () => waitForApproval(interview, api, name))]
}

/** Asks every five seconds, for ten minutes. */
async function waitForApproval(
  { clock, signal, sender, provider }: Interview,
  api: ProviderAccount,
  name: string,
): Promise<Template> {
  const pending = (why: string) =>
    new AppError('TEMPLATE_PENDING', `The template ${name} is not usable yet`, {
      why,
      next: ['whatsapp-otp init   again, once it is approved', `${provider.dashboard} shows its state`],
    })
  let obstacle: string | undefined
  for (let round = 0; round < 120; round++) {
    const template = (await api.listTemplates(sender?.wabaId ?? '')).find((one) => one.name === name)
    obstacle = template && obstacleOf(template)
    if (template && !obstacle) return template
    const decided = ['REJECTED', 'DISABLED'].includes(template?.status?.toUpperCase() ?? '')
    if (decided || signal?.aborted) break
    await clock.sleep(5_000, signal)
  }
  throw pending(`it ${obstacle ?? 'does not show up in the account'}`)
}

async function askLanguages(interview: Interview, { languages }: Judgement): Promise<void> {
  const { prompts } = interview
  if (languages.length === 0) return
  const ways = waysOf('whatsappLanguages')
  if (languages.length === 1) return answer(interview, 'whatsappLanguages', languages)
  const chosen = await prompts.checkbox({
    message: 'In which languages?',
    ...ways,
    choices: languages.map((code) => ({ value: code, name: code, checked: true })),
  })
  if (chosen.length === 1) return answer(interview, 'whatsappLanguages', chosen)
  const first = await prompts.select({
    message: 'Which one for users without a language of their own?',
    ...ways,
    choices: chosen.map((code) => ({ value: code, name: code })),
    default: chosen.find((code) => code.startsWith('en')) ?? chosen[0]!,
  })
  answer(interview, 'whatsappLanguages', [first, ...chosen.filter((code) => code !== first)])
}

/** Without an account to look at, the names are typed as they stand in the dashboard. */
async function askUnchecked(interview: Interview): Promise<void> {
  const { resolved, prompts } = interview
  if (resolved.settings.whatsappTemplateName === undefined) {
    const name = await prompts.text({
      message: 'Name of the approved authentication template',
      ...waysOf('whatsappTemplateName'),
      check: (typed) => checkText('whatsappTemplateName', typed),
    })
    answer(interview, 'whatsappTemplateName', name)
  }
  if (isGiven(resolved, 'whatsappLanguages')) return
  const codes = await prompts.text({
    message: 'Its languages, the default first',
    ...waysOf('whatsappLanguages'),
    default: currentOf(interview, 'whatsappLanguages').join(','),
    check: (typed) => checkText('whatsappLanguages', typed),
  })
  answer(interview, 'whatsappLanguages', parseAs('whatsappLanguages', codes))
}
