// What the SendZen API answers, as far as it is needed; foreign JSON becomes typed values here.
import * as z from 'zod'
import { ProviderError } from '../provider.ts'

/** Foreign JSON is read tolerantly: what is not needed may be missing, new or null. */
const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined || value === '' ? undefined : String(value)))
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? [])

export const sendersShape = z.object({
  data: z.object({
    projects: listOf(
      z.object({
        project_name: text,
        wabas: listOf(
          z.object({
            waba_id: text,
            waba_business_name: text,
            phone_number: text,
            number_status: text,
          }),
        ),
      }),
    ),
  }),
})

export const templateShape = z.object({
  name: z.string(),
  language: z.string(),
  status: text,
  category: text,
  components: listOf(z.record(z.string(), z.unknown())),
  message_send_ttl_seconds: z.number().nullish().catch(undefined),
})

export const logsShape = z.object({
  data: z.object({
    logs: listOf(z.object({ payload: z.unknown(), created_at: text })),
    next_page_token: text,
  }),
})

/** Throws SENDZEN_ANSWER_UNREADABLE where something that is needed is not there. */
export function readAs<T extends z.ZodType>(shape: T, body: unknown, doing: string): z.output<T> {
  const result = shape.safeParse(body)
  if (result.success) return result.data
  throw new ProviderError('unreadable', 'SENDZEN_ANSWER_UNREADABLE', `Could not ${doing}`, {
    why: `the answer has another form than documented (at ${result.error.issues[0]?.path.join('.') || 'its top'})`,
    next: ['check that SENDZEN_API_URL is the SendZen API'],
  })
}

/** The list lies one or two `data` deep, the cursors beside it at either level. */
export function templatePage(body: unknown): { items: unknown[]; next: string | undefined } {
  let at: unknown = body
  let next: string | undefined
  for (let depth = 0; depth < 4 && typeof at === 'object' && at !== null && !Array.isArray(at); depth++) {
    const { data, paging } = at as {
      data?: unknown
      paging?: { cursors?: { after?: unknown }; next?: unknown }
    }
    if (paging?.next && typeof paging.cursors?.after === 'string') next = paging.cursors.after || undefined
    at = data
  }
  return { items: Array.isArray(at) ? at : [], next }
}
