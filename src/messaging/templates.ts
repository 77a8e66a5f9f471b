// Judges a template of the account: can it carry a code, in these languages, and does it say the right time.
import type { Template } from './provider.ts'

export interface Judgement {
  name: string
  /** Can be used in every wanted language. */
  usable: boolean
  /** Why not, short enough for a list. */
  reason?: string
  /** Languages in which it is approved and can carry a code. */
  languages: string[]
  /** Wanted languages in which it is not. */
  missing: string[]
  /** Does not stop a deploy, but users would be told something wrong. */
  warnings: string[]
}

/** Undefined when this one version can carry a code, otherwise the reason. */
export function obstacleOf(template: Template): string | undefined {
  const category = template.category?.toUpperCase()
  if (category !== 'AUTHENTICATION') {
    return `category is ${category?.toLowerCase() ?? 'unknown'}, not authentication`
  }
  const status = template.status?.toUpperCase() ?? 'unknown'
  if (status !== 'APPROVED') return statusWords[status] ?? `not approved (${status.toLowerCase()})`
  // Some lists leave the components out; then the category has to do.
  if (template.components.length > 0 && !hasCodeButton(template)) return 'has no button for the code'
  return undefined
}

const statusWords: Record<string, string> = {
  PENDING: 'still waits for approval by Meta',
  REJECTED: 'was rejected by Meta',
  PAUSED: 'is paused by Meta for low quality',
  DISABLED: 'is disabled by Meta',
}

/** Judges each name over all its languages; `wanted` empty means that any language will do. */
export function judgeTemplates(
  templates: readonly Template[],
  { languages: wanted, expiryMinutes }: { languages: readonly string[]; expiryMinutes: number },
): Judgement[] {
  return [...new Set(templates.map(({ name }) => name))].sort().map((name) => {
    const versions = templates.filter((template) => template.name === name)
    const good = versions.filter((template) => obstacleOf(template) === undefined)
    const languages = good.map(({ language }) => language)
    const missing = wanted.filter((language) => !languages.includes(language))
    const relevant = wanted.length > 0 ? good.filter(({ language }) => wanted.includes(language)) : good
    const warnings = [...new Set(relevant.flatMap((template) => timeWarnings(template, expiryMinutes)))]
    const reason = good.length === 0 ? obstacleOf(versions[0]!) : missingReason(missing, versions)
    return { name, usable: reason === undefined, ...(reason ? { reason } : {}), languages, missing, warnings }
  })
}

function missingReason(missing: string[], versions: Template[]): string | undefined {
  if (missing.length === 0) return undefined
  const reasons = missing.map((language) => {
    const version = versions.find((template) => template.language === language)
    return version ? `${language} ${obstacleOf(version)}` : `${language} is missing`
  })
  return reasons.join(', ')
}

/** Meta stores the button that copies a code as a URL button whose address holds the code. */
function hasCodeButton(template: Template): boolean {
  return buttonsOf(template).some(
    ({ type, url }) =>
      String(type).toUpperCase() === 'OTP' ||
      (String(type).toUpperCase() === 'URL' && /\{\{1\}\}|otp_type/i.test(String(url))),
  )
}

function buttonsOf({ components }: Template): Record<string, unknown>[] {
  return components
    .filter(({ type }) => String(type).toUpperCase() === 'BUTTONS')
    .flatMap(({ buttons }) => (Array.isArray(buttons) ? buttons : []))
}

/** The footer is only text and the message's life is the template's own: neither follows the settings. */
function timeWarnings(template: Template, expiryMinutes: number): string[] {
  const footer = template.components.find(({ type }) => String(type).toUpperCase() === 'FOOTER')
  const minutes = Number(footer?.code_expiration_minutes)
  const life = template.message_send_ttl_seconds
  return [
    ...(minutes > 0 && minutes !== expiryMinutes
      ? [`its footer says ${minutes} min, codes live ${expiryMinutes} min (OTP_EXPIRY_MINUTES)`]
      : []),
    ...(typeof life === 'number' && (life < 0 || life > expiryMinutes * 60)
      ? [`WhatsApp may deliver it ${life < 0 ? '30 days' : `${life} s`} later, when the code is dead`]
      : []),
  ]
}
