// The wizard's questions as a script answers them, over an account of the provider in memory.
import { sendzen } from '../../src/core/messaging/sendzen.ts'
import type { ProviderAccount, Template } from '../../src/messaging/provider.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'
import type { Prompts } from '../../src/terminal/prompt.ts'
import { createTasks } from '../../src/views/tasks.ts'
import { askForMissing } from '../../src/wizard/ask.ts'
import type { AskOptions } from '../../src/wizard/interview.ts'
import { jumpClock } from '../messaging/sendzen/server.ts'
import { outputInMemory } from '../terminal/streams.ts'

/** Answers by a piece of the question; a function sees the choices. Refused answers are collected. */
export type Script = Record<string, unknown>

function scripted(script: Script) {
  const asked: string[] = []
  const refused: string[] = []
  const find = (message: string): unknown => {
    const key = Object.keys(script).find((piece) => message.includes(piece))
    if (!key) throw new Error(`nobody expected the question: ${message}`)
    asked.push(key)
    const found = script[key]
    return Array.isArray(found) && found[0] === 'then' ? found.splice(1, 1)[0] : found
  }
  const typed = async ({ message, check, default: preset }: Parameters<Prompts['text']>[0]) => {
    for (;;) {
      const given = (find(message) ?? preset ?? '') as string
      const verdict = (await check?.(given)) ?? true
      if (verdict === true) return given
      refused.push(verdict)
    }
  }
  const prompts: Prompts = {
    interactive: true,
    text: typed,
    hidden: typed,
    confirm: async ({ message }) => find(message) as boolean,
    select: async ({ message, choices }) => {
      const name = String(find(message))
      const choice = choices.find((one) => one.name.includes(name))
      if (!choice || choice.disabled) throw new Error(`cannot choose ${name}: ${choice?.disabled}`)
      return choice.value
    },
    checkbox: async ({ message, choices }) => {
      const names = find(message) as string[]
      return choices.filter(({ name }) => names.includes(name)).map(({ value }) => value)
    },
    typeToConfirm: async () => {},
  }
  return { prompts, asked, refused }
}

export const approved = (name: string, language: string, changes: Partial<Template> = {}): Template => ({
  name,
  language,
  status: 'APPROVED',
  category: 'AUTHENTICATION',
  components: [],
  ...changes,
})

export function account(changes: Partial<ProviderAccount> = {}): ProviderAccount {
  return {
    provider: sendzen,
    checkKey: async () => {},
    listSenders: async () => [
      {
        phone: '4915112345678',
        wabaId: '1',
        business: 'Shop',
        project: '',
        status: 'CONNECTED',
      },
      {
        phone: '15550100000',
        wabaId: '2',
        business: 'Old',
        project: '',
        status: 'BANNED',
      },
    ],
    listTemplates: async () => [
      approved('otp', 'en_US'),
      approved('otp', 'de'),
      approved('promo', 'de', { category: 'MARKETING' }),
    ],
    createTemplate: async () => ({ status: 'PENDING' }),
    sendTemplate: async () => ({ id: undefined, status: 'queued' }),
    readReports: async () => [],
    parseReports: () => [],
    ...changes,
  }
}

export async function interview(
  script: Script,
  api: ProviderAccount,
  env: Record<string, string> = {},
  more: Partial<AskOptions> = {},
) {
  const { prompts, asked, refused } = scripted(script)
  const { output, stdout, stderr } = outputInMemory({ interactive: true })
  const clock = jumpClock()
  const resolved = resolveSettings(
    { flags: {}, env, processEnv: env, file: {}, trusted: new Set<string>() },
    'dev',
  )
  const result = askForMissing(resolved, {
    prompts,
    output,
    tasks: createTasks(output, clock),
    connect: () => api,
    clock,
    ...more,
  })
  return { result: await result, asked, refused, stdout, stderr, resolved }
}

export const usual: Script = {
  'API key': 'the-key',
  'Which number': 'Shop',
  Countries: undefined,
  'recommended limits': true,
  'Which template': 'otp',
  'In which languages': ['en_US', 'de'],
  'Which one for users': 'de',
  'becomes of each message': false,
  'Address that alarms': undefined,
}
