// Every document that --json prints, by its command; the published schemas are made of it (`npm run docs`).
import * as z from 'zod'
import { healthDocuments } from './health.ts'
import { pause, time } from './parts.ts'
import { stageDocuments } from './stage.ts'
import { userDocuments } from './users.ts'

const env = z.record(z.string(), z.string())

const otherDocuments = {
  'rotate-key': z.strictObject({
    command: z.literal('rotate-key'),
    stage: z.string(),
    changed: z.boolean(),
  }),
  pause: z.strictObject({
    command: z.literal('pause'),
    stage: z.string(),
    paused: z.literal(true),
    ...pause.shape,
    changed: z.boolean(),
  }),
  resume: z.strictObject({
    command: z.literal('resume'),
    stage: z.string(),
    paused: z.literal(false),
    changed: z.boolean(),
    since: time.optional(),
  }),
  dev: z.strictObject({ command: z.literal('dev'), endpoint: z.string(), env }),
  demo: z.strictObject({
    command: z.literal('demo'),
    chapters: z.array(z.strictObject({ title: z.string(), seen: z.string() })),
    ms: z.number(),
  }),
  completion: z.strictObject({
    command: z.literal('completion'),
    shell: z.enum(['bash', 'zsh', 'fish']),
    script: z.string(),
  }),
}

/** Without `schemaVersion`, which the output adds to all but the lines of `logs`. */
export const documents: Record<string, z.ZodType> = {
  ...stageDocuments,
  ...healthDocuments,
  ...userDocuments,
  ...otherDocuments,
}
