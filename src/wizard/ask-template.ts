// The wizard's questions about the template: which one, in which languages, or a new one.
import { newTemplateLife } from '../core/reports/late-sms.ts'
import { AppError } from '../errors.ts'
import { isOutage, type ProviderAccount, ProviderError, type Template } from '../messaging/provider.ts'
import { type Judgement, judgeTemplates, obstacleOf } from '../messaging/templates.ts'
import { count } from '../terminal/layout.ts'
import { type Choice, WentBack } from '../terminal/prompt.ts'
import {
  answer,
  answeredBefore,
  checkText,
  currentOf,
  type Interview,
  isGiven,
  parseAs,
  presetOf,
  warnOfOutage,
  waysOf,
} from './interview.ts'
import { type Step, walk } from './walk.ts'

/** One of the account's, or a new one. What is amiss with it is said by the check before the deploy. */
export async function askTemplate(interview: Interview): Promise<void> {
  const { resolved, changing } = interview
  const templates = await readTemplates(interview)
  if (!templates) return askUnchecked(interview)
  const wanted = isGiven(interview, 'whatsappLanguages') ? (resolved.settings.whatsappLanguages ?? []) : []
  const judge = (list: Template[]) =>
    judgeTemplates(list, { languages: wanted, expiryMinutes: currentOf(interview, 'otpExpiryMinutes') })
  const given = isGiven(interview, 'whatsappTemplateName')
    ? resolved.settings.whatsappTemplateName
    : undefined
  const judged = judge(templates)
  interview.template = judged.find(({ name }) => name === given)
  // Another sender may be of another account, which has other templates.
  if (given && (interview.template?.usable || !changing.has('whatsappFrom'))) return
  const make = async () => judge(await create(interview, wanted[0] ?? 'en_US'))
  interview.template = await pick(interview, judged, make)
  if (interview.template) answer(interview, 'whatsappTemplateName', interview.template.name)
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
  interview: Interview,
  judged: Judgement[],
  make: () => Promise<Judgement[]>,
): Promise<Judgement | undefined> {
  const { prompts, output } = interview
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
  const before = presetOf(interview, 'whatsappTemplateName')
  const usual = sorted.find(({ name, usable }) => usable && name === before)
  const chosen = await prompts.select({
    message: 'Which template carries the code?',
    ...waysOf('whatsappTemplateName'),
    choices,
    ...(usual ? { default: usual } : {}),
  })
  if (chosen !== 'new') return chosen
  try {
    return (await make())[0]
  } catch (error) {
    // Meta lets young accounts create none: back to the list.
    if (!(error instanceof ProviderError) || error.refusal !== 'refused') throw error
    output.warn(`${error.message}: ${error.why}. ${error.next[0] ?? ''}`)
    throw new WentBack()
  }
}

/** Creates a template in one language and waits for Meta; gives it once it can be used. */
async function create(interview: Interview, usual: string): Promise<Template[]> {
  const { output, tasks } = interview
  const api = interview.api as ProviderAccount
  const wabaId = interview.sender?.wabaId ?? ''
  const { name, language } = await walk(newTemplate, { name: 'otp_login', language: usual }, interview)
  const expiryMinutes = currentOf(interview, 'otpExpiryMinutes')
  const lifeSeconds = newTemplateLife(expiryMinutes * 60, currentOf(interview, 'smsFallback'))
  await tasks.run(`Create the template ${name}`, () =>
    api.createTemplate(wabaId, { name, language, expiryMinutes, lifeSeconds }),
  )
  output.say(
    `WhatsApp writes its text; the footer says that the code expires in ${count(expiryMinutes, 'minute')}.`,
  )
  output.say('Meta has to approve it first, mostly within minutes. Ctrl-C leaves; the template stays.')
  return [await tasks.run('Wait for the approval', () => waitForApproval(interview, api, name))]
}

const newTemplate: Step<{ name: string; language: string }>[] = [
  async (known, prompts) => {
    const name = await prompts.text({
      message: 'Name of the new template',
      default: known.name,
      ...waysOf('whatsappTemplateName'),
      check: (typed) => checkText('whatsappTemplateName', typed),
    })
    return { ...known, name }
  },
  async (known, prompts) => {
    const code = await prompts.text({
      message: 'Its language',
      default: known.language,
      ...waysOf('whatsappLanguages'),
      check: (typed) =>
        typed.includes(',') ? 'one language; more can be added later' : checkText('whatsappLanguages', typed),
    })
    return { ...known, language: code.trim() }
  },
]

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

/** Those that the template really has, where nobody has named some. */
export async function askLanguages(interview: Interview): Promise<void> {
  const { prompts, template } = interview
  const languages = template?.languages ?? []
  if (languages.length === 0 || isGiven(interview, 'whatsappLanguages')) return
  if (languages.length === 1) return answer(interview, 'whatsappLanguages', languages)
  const before = answeredBefore(interview, 'whatsappLanguages')?.split(',') ?? []
  const isUsual = (code: string) => before.length === 0 || before.includes(code)
  const chosen = await prompts.checkbox({
    message: 'In which languages?',
    ...waysOf('whatsappLanguages'),
    choices: languages.map((code) => ({ value: code, name: code, checked: isUsual(code) })),
  })
  const first = chosen.find((code) => code === before[0]) ?? chosen.find((code) => code.startsWith('en'))
  answer(interview, 'whatsappLanguages', inFront(chosen, first ?? chosen[0]!))
}

/** Of the languages that were picked just now. */
export async function askFirstLanguage(interview: Interview): Promise<void> {
  const { resolved, prompts, template } = interview
  const languages = resolved.settings.whatsappLanguages ?? []
  if (!template || languages.length < 2 || resolved.origins.whatsappLanguages !== 'answer') return
  const first = await prompts.select({
    message: 'Which one for users without a language of their own?',
    ...waysOf('whatsappLanguages'),
    choices: languages.map((code) => ({ value: code, name: code })),
    default: languages[0]!,
  })
  answer(interview, 'whatsappLanguages', inFront(languages, first))
}

const inFront = (codes: readonly string[], first: string) => [
  first,
  ...codes.filter((code) => code !== first),
]

/** Without an account to look at, the names are typed as they stand in the dashboard. */
async function askUnchecked(interview: Interview): Promise<void> {
  const { prompts } = interview
  if (!isGiven(interview, 'whatsappTemplateName')) {
    const name = await prompts.text({
      message: 'Name of the approved authentication template',
      ...waysOf('whatsappTemplateName'),
      default: presetOf(interview, 'whatsappTemplateName') || undefined,
      check: (typed) => checkText('whatsappTemplateName', typed),
    })
    answer(interview, 'whatsappTemplateName', name)
  }
  if (isGiven(interview, 'whatsappLanguages')) return
  const codes = await prompts.text({
    message: 'Its languages, the default first',
    ...waysOf('whatsappLanguages'),
    default: presetOf(interview, 'whatsappLanguages'),
    check: (typed) => checkText('whatsappLanguages', typed),
  })
  answer(interview, 'whatsappLanguages', parseAs('whatsappLanguages', codes))
}
