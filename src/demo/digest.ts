// The document of a command in a few lines: what a plan would do by kinds, and which fields differ; how a stage is. Pure.
import * as z from 'zod'
import { count } from '../terminal/layout.ts'
import { kindWords, pluralOf } from '../views/plan-view.ts'

const documentSchema = z.object({
  steps: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      action: z.string(),
      fields: z.array(z.string()),
    }),
  ),
})

const marks: Record<string, string> = { create: '+', update: '~', delete: '-' }

/** `+ 5 roles · 5 log groups · table`; nothing where nothing changes, or the document is no plan. */
export function digestOf(document: unknown): string[] {
  const parsed = documentSchema.safeParse(document)
  const steps = parsed.success ? parsed.data.steps : []
  return Object.entries(marks).flatMap(([action, mark]) => {
    const some = steps.filter((step) => step.action === action)
    const kinds = [...new Set(some.map(({ kind }) => kind))]
    const parts = kinds.map((kind) => {
      const words = kindWords(kind)
      const number = some.filter((step) => step.kind === kind).length
      return number === 1 ? words : count(number, words, pluralOf(words))
    })
    const fields = [...new Set(some.flatMap((step) => step.fields))]
    const lines = [
      `  ${mark} ${parts.join(' · ')}`,
      ...(fields.length > 0 ? [`    ${fields.join(', ')}`] : []),
    ]
    return parts.length > 0 ? lines : []
  })
}

const statusSchema = z.object({
  checks: z.array(z.object({ ok: z.boolean() })),
  lastDay: z.object({ sent: z.number(), verified: z.number(), rejected: z.number() }),
})

/** `  11 of 11 checks hold; 3 sent, 2 verified, 1 wrong`. */
export function statusDigest(document: unknown): string {
  const { checks, lastDay } = statusSchema.parse(document)
  const holding = checks.filter(({ ok }) => ok).length
  const { sent, verified, rejected } = lastDay
  return `  ${holding} of ${checks.length} checks hold; ${sent} sent, ${verified} verified, ${rejected} wrong`
}
