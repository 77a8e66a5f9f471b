// The documents about a whole stage: plan, deploy, init, destroy, stages, settings, outputs and policy.
import * as z from 'zod'
import { count, danger, ms, outputs, pause, place, problem } from './parts.ts'

const step = z
  .strictObject({
    kind: z.string().describe('as in function, user-pool-client'),
    name: z.string().describe('the name in AWS'),
    action: z.enum(['create', 'update', 'delete', 'keep', 'replace-refused']),
    fields: z.array(z.string()).describe('those that differ'),
    why: z.string().optional().describe('why it is refused, or kept'),
    dangers: z.array(danger).optional(),
    status: z.enum(['done', 'failed', 'skipped']).optional().describe('absent where nothing was played'),
    ms: ms.optional(),
  })
  .meta({ id: 'Step' })

const given = ['flag', 'settings', 'environment', '.env', 'whatsapp-otp.json', 'answer'] as const
const origins = [...given, 'stage record', 'default', 'stage'] as const

/** The document of every command that plans or plays. */
const report = {
  ...place,
  steps: z.array(step),
  outputs,
  apiCalls: count.describe('calls to AWS, retries counted'),
  ms,
}

export const stageDocuments = {
  plan: z.strictObject({ command: z.literal('plan'), ...report }),
  deploy: z.strictObject({ command: z.literal('deploy'), ...report }),
  init: z.strictObject({ command: z.literal('init'), ...report }),
  destroy: z.strictObject({
    command: z.literal('destroy'),
    ...report,
    madeAnewBy: z.string().optional().describe('whose run is making the stage anew'),
  }),
  stages: z.strictObject({
    command: z.literal('stages'),
    account: z.string(),
    region: z.string(),
    stages: z.array(
      z.strictObject({
        stage: z.string(),
        createdAt: z.string().optional(),
        version: z.string().optional(),
        userPoolId: z.string().optional(),
        healthy: z.boolean(),
        problems: z.array(z.string()),
        judgement: z.array(problem),
        paused: pause.optional(),
      }),
    ),
  }),
  settings: z.strictObject({
    command: z.literal('settings'),
    stage: z.string(),
    deployed: z.boolean(),
    settings: z.array(
      z.strictObject({
        key: z.string().describe('as in whatsapp-otp.json'),
        env: z.string(),
        flag: z.string().nullable(),
        value: z.string().nullable().describe('null where there is none, and for a secret'),
        origin: z.enum(origins).nullable(),
        set: z.boolean().optional().describe('for a secret alone'),
        deployed: z.string().optional().describe('where a deploy would change it'),
      }),
    ),
  }),
  outputs: z.strictObject({
    command: z.literal('outputs'),
    outputs,
    path: z.string().optional().describe('with --write'),
    changed: z.boolean().optional(),
  }),
  policy: z.strictObject({
    command: z.literal('policy'),
    ...place,
    permissionsBoundary: z.string().optional(),
    policy: z.strictObject({
      Version: z.literal('2012-10-17'),
      Statement: z.array(z.looseObject({ Effect: z.enum(['Allow', 'Deny']) })),
    }),
  }),
}
