// What several documents of --json have in common. The shapes are those of src/api; here they are checked.
import * as z from 'zod'
import { functionNames } from '../names.ts'

/** ISO 8601, UTC. */
export const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
  .describe('ISO 8601, UTC')

export const count = z.int().min(0)
export const ms = z.number().min(0).describe('milliseconds')

/** `+`, the country, points, and the last digits. */
export const masked = z.string().describe('masked')
export const numberHash = z.string().describe('a keyed hash of the number, as it stands in the logs')

export const functionName = z.enum(functionNames as [string, ...string[]])

/** Stage, region and account, as nearly every document begins. */
export const place = { stage: z.string(), region: z.string(), account: z.string() }

export const outputs = z
  .strictObject({
    ...place,
    userPoolId: z.string(),
    signupClientId: z.string().describe('creates users; they can sign in with it too'),
    loginClientId: z.string().describe('only signs in'),
    issuer: z.string().optional().describe('the iss of the tokens'),
    jwksUri: z.string().optional().describe('the public keys that verify the tokens'),
    endpoint: z.string().optional().describe('only where an emulator stands in for AWS'),
  })
  .meta({ id: 'Outputs', description: 'ids that an app needs; empty while there are none' })

export const danger = z
  .strictObject({
    what: z.string(),
    why: z.string(),
    next: z.string().describe('the command that ends it'),
    isGrave: z.literal(true).optional(),
  })
  .meta({ id: 'Danger', description: 'what others have put beside a resource: no deploy changes it' })

export const problem = z
  .strictObject({
    id: z.string().describe('stable: wiring, sends, secrets.provider-key, function.preSignUp, …'),
    grave: z.boolean().describe('users cannot sign in, or many of them'),
    cause: z.string(),
    next: z.array(z.string()).describe('what ends it, the most likely first'),
  })
  .meta({ id: 'Problem' })

export const pause = z
  .strictObject({ since: time, by: z.string(), reason: z.string().optional() })
  .meta({ id: 'Pause', description: 'all messages and sign-ups of the stage are stopped' })

export const testNumber = z
  .strictObject({
    phone: masked,
    number: z.string().describe('the first digits of the keyed hash, as in the logs'),
    codeLength: count,
    until: time,
    daysLeft: count,
    expired: z.boolean(),
  })
  .meta({ id: 'TestNumber' })

export const finding = z
  .strictObject({
    id: z.string().describe('stable: sendzen.key, template.en_US, …'),
    title: z.string(),
    verdict: z.enum(['pass', 'warn', 'fail', 'skip']),
    detail: z.string().optional(),
    remedy: z.string().optional(),
    ms: ms.optional(),
  })
  .meta({ id: 'Finding' })
