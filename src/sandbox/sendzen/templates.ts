// SendZen's template endpoints: list, create and delete, with Meta's rules for authentication templates.
import * as z from 'zod'
import { account, firstTemplates, otpComponents, type Template } from './account.ts'
import { problem, type Reply, refusal, success } from './reply.ts'

const button = z.object({
  type: z.literal('OTP'),
  otp_type: z.string().regex(/^(copy_code|one_tap|zero_tap)$/i),
  text: z.string().max(25).optional(),
  autofill_text: z.string().max(25).optional(),
  zero_tap_terms_accepted: z.boolean().optional(),
  supported_apps: z
    .array(z.object({ package_name: z.string(), signature_hash: z.string().length(11) }))
    .optional(),
})

const component = z.discriminatedUnion('type', [
  // Meta supplies the wording of the body in every language, so a text is refused.
  z.strictObject({ type: z.literal('BODY'), add_security_recommendation: z.boolean().optional() }),
  z.strictObject({ type: z.literal('FOOTER'), code_expiration_minutes: z.int().min(1).max(90) }),
  z.strictObject({ type: z.literal('BUTTONS'), buttons: z.array(button).length(1) }),
])

const hasBodyAndButton = (components: { type: string }[]) =>
  ['BODY', 'BUTTONS'].every((type) => components.filter((c) => c.type === type).length === 1)

const ttl = z.union([z.literal(-1), z.int().min(30).max(900)])
const head = {
  name: z
    .string()
    .max(512)
    .regex(/^[a-z0-9_]+$/),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/),
}

const wanted = z.discriminatedUnion('category', [
  z.object({
    ...head,
    category: z.literal('AUTHENTICATION'),
    message_send_ttl_seconds: ttl.optional(),
    components: z.array(component).refine(hasBodyAndButton, 'One BODY and one BUTTONS are needed'),
  }),
  z.object({
    ...head,
    category: z.enum(['UTILITY', 'MARKETING']),
    components: z.array(z.record(z.string(), z.unknown())).min(1),
  }),
])

export function createTemplates(pageSize: number) {
  let templates = firstTemplates()
  let lastId = 400000000000000

  const noSuchAccount = (wabaId: string) =>
    wabaId === account.wabaId
      ? undefined
      : refusal(404, '100', `WhatsApp business account ${wabaId} does not exist.`)

  return {
    /** The template of exactly that name and language, whatever its status. */
    find: (name: string, language: string) =>
      templates.find((t) => t.name === name && t.language === language),

    /** Of all its languages; false where there is none of that name. */
    setStatus(name: string, status: Template['status']): boolean {
      const found = templates.filter((one) => one.name === name)
      for (const one of found) one.status = status
      return found.length > 0
    },

    list(wabaId: string, query: URLSearchParams): Reply {
      const asked = Number(query.get('limit') ?? 25)
      const after = Number(query.get('after') ?? 0)
      // With less than one a page the next cursor would be the same for ever.
      if (!(asked >= 1) || !(after >= 0)) return refusal(400, '100', 'Invalid parameter')
      const limit = Math.min(Math.floor(asked), pageSize)
      const name = query.get('name')
      const found = templates.filter((t) => !name || t.name.includes(name))
      const page = found.slice(after, after + limit)
      const end = after + page.length
      const more = end < found.length
      const cursors = { before: String(after), ...(more && { after: String(end) }) }
      const next = `/v1/${wabaId}/message_templates?limit=${limit}&after=${end}`
      return (
        noSuchAccount(wabaId) ??
        success('Templates retrieved successfully', {
          data: page,
          paging: { cursors, ...(more && { next }) },
        })
      )
    },

    create(wabaId: string, body: unknown): Reply {
      const parsed = wanted.safeParse(body)
      const missing = noSuchAccount(wabaId)
      if (missing) return missing
      if (!parsed.success) return problem(parsed.error)
      const { name, language, category, components } = parsed.data
      if (templates.some((t) => t.name === name && t.language === language)) {
        return refusal(400, '100', 'There is already content in this language for this template.')
      }
      const buttons = components.find((c) => c.type === 'BUTTONS') as
        | { buttons: z.infer<typeof button>[] }
        | undefined
      const footer = components.find((c) => c.type === 'FOOTER') as
        | { code_expiration_minutes: number }
        | undefined
      const template: Template = {
        id: String(++lastId),
        name,
        language,
        // Meta approves its own wording at once; free wording waits for a person.
        status: category === 'AUTHENTICATION' ? 'APPROVED' : 'PENDING',
        category,
        components:
          category === 'AUTHENTICATION'
            ? otpComponents(footer?.code_expiration_minutes, buttons?.buttons[0]?.text)
            : components,
        parameter_format: 'POSITIONAL',
        message_send_ttl_seconds:
          ('message_send_ttl_seconds' in parsed.data && parsed.data.message_send_ttl_seconds) || 600,
      }
      templates.push(template)
      return success('Template created successfully', { id: template.id, status: template.status, category })
    },

    remove(wabaId: string, query: URLSearchParams): Reply {
      const missing = noSuchAccount(wabaId)
      if (missing) return missing
      const name = query.get('name')
      const id = query.get('hsm_id')
      const gone = templates.filter((t) => t.name === name && (!id || t.id === id))
      if (!gone.length) return refusal(404, '132001', 'Message template does not exist.')
      templates = templates.filter((t) => !gone.includes(t))
      return success('Template deleted successfully', { success: true })
    },
  }
}

export type Templates = ReturnType<typeof createTemplates>
