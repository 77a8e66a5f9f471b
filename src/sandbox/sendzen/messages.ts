// What SendZen looks at in a message itself, and what Meta finds wrong with it only afterwards.
import * as z from 'zod'
import { account } from './account.ts'
import type { Templates } from './templates.ts'

const parameters = z.array(
  z.object({ type: z.literal('text'), text: z.string().min(1), parameter_name: z.string().optional() }),
)
const component = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), parameters }),
  z.object({ type: z.literal('body'), parameters }),
  z.object({
    type: z.literal('button'),
    sub_type: z.enum(['url', 'quick_reply']),
    index: z.int().min(0).max(9),
    parameters,
  }),
])

const head = {
  from: z.string().regex(/^\+?\d{8,15}$/, "Invalid 'From' Phone Number"),
  // Without its plus Meta may read the number as local to the sender, and a code would reach a stranger.
  to: z.string().regex(/^\+[1-9]\d{7,14}$/, "Invalid 'To' Phone Number: E.164 with a leading +"),
}

export const messageShape = z.discriminatedUnion('type', [
  z.object({
    ...head,
    type: z.literal('template'),
    template: z.object({
      name: z.string().min(1),
      // Flat, not Meta's `language: { code }`.
      lang_code: z.string().min(1),
      components: z.array(component).optional(),
    }),
  }),
  z.object({
    ...head,
    type: z.literal('text'),
    text: z.object({ body: z.string().min(1).max(4096), preview_url: z.boolean().optional() }),
  }),
])

export type Outgoing = z.infer<typeof messageShape>

/** The sender that `from` names, with or without its plus. */
export const senderOf = (from: string) => account.senders.find((s) => s.phone === from.replace('+', ''))

/** The code that the phone shows: the first parameter of the body. */
export function codeOf(message: Outgoing): string {
  if (message.type === 'text') return message.text.body
  const body = message.template.components?.find((c) => c.type === 'body')
  return body?.parameters[0]?.text ?? ''
}

const placeholders = (words: unknown) => new Set(String(words ?? '').match(/\{\{\d+\}\}/g)).size

/**
 * The Meta error with which an accepted message fails, if any. SendZen takes a message without looking at
 * its template, so these come by webhook and log, never in the answer.
 */
export function faultOf(
  message: Outgoing,
  templates: Templates,
): { code: number; title: string } | undefined {
  if (senderOf(message.from)?.status !== 'CONNECTED')
    return { code: 133010, title: 'Phone number not registered' }
  if (message.to === `+${message.from.replace('+', '')}`) {
    return { code: 131021, title: 'Recipient cannot be sender' }
  }
  if (message.type === 'text') return { code: 131047, title: 'Re-engagement message' }
  const { name, lang_code, components = [] } = message.template
  const template = templates.find(name, lang_code)
  if (template?.status === 'PAUSED') return { code: 132015, title: 'Template is paused' }
  if (template?.status === 'DISABLED') return { code: 132016, title: 'Template is disabled' }
  if (template?.status !== 'APPROVED')
    return { code: 132001, title: 'Template does not exist in the translation' }
  const body = components.find((c) => c.type === 'body')?.parameters ?? []
  const button = components.find((c) => c.type === 'button')?.parameters ?? []
  const wantedBody = placeholders(template.components.find((c) => c.type === 'BODY')?.text)
  const buttons = template.components.find((c) => c.type === 'BUTTONS')?.buttons as
    | { url?: string }[]
    | undefined
  if (body.length !== wantedBody || button.length !== placeholders(buttons?.[0]?.url)) {
    return { code: 132000, title: 'Number of parameters does not match the expected number of params' }
  }
  if (template.category !== 'AUTHENTICATION') return undefined
  const code = body[0]?.text ?? ''
  if (code.length > 15) return { code: 132005, title: 'Translated text too long' }
  if (button[0]?.text !== code) return { code: 132012, title: 'Parameter format does not match' }
  return undefined
}
