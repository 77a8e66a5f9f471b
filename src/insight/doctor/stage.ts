// The deployed stage: its resources, what its pool calls, who may call, and how long a session lives.
import { DescribeUserPoolClientCommand } from '@aws-sdk/client-cognito-identity-provider'
import { toAppError } from '../../aws/words.ts'
import { pauseWords } from '../../core/parameters/brake.ts'
import { isConsequence, type Plan } from '../../engine/plan.ts'
import type { StageRecord } from '../../resources/stage-record.ts'
import type { Settings } from '../../settings/schema.ts'
import type { OpenStage } from '../../stage/stage.ts'
import { isBroken } from '../../stage/verify.ts'
import { count } from '../../terminal/layout.ts'
import { type Examination, fail, pass, warn } from '../examination.ts'
import type { StageStatus } from '../status.ts'
import { testNumberWarnings } from '../test-numbers.ts'

/** What `status` saw of it. Every finding names the resource or the trigger that it is about. */
export async function examineStage(
  exam: Examination,
  stage: OpenStage,
  record: StageRecord,
  status: StageStatus,
): Promise<void> {
  const deploy = `whatsapp-otp deploy --stage ${record.stage}`
  await exam.check('stage.read', 'stage', () =>
    pass(`${record.stage}, deployed by version ${record.toolVersion}`),
  )
  await examineResources(exam, status, deploy)
  await examineBrake(exam, status, record.stage)
  await examineTestNumbers(exam, status, record.stage)
  for (const { id, grave, cause, next } of status.problems.filter(({ id }) => ofLogs.test(id))) {
    await exam.check(id, titles[id] ?? 'functions', () => (grave ? fail : warn)(cause, next.join(', or ')))
  }
  if (status.latest && !status.problems.some(({ id }) => id === 'sends')) {
    const last = status.latest.sends.length
    await exam.check('sends', 'latest messages', () =>
      pass(
        last === 0
          ? 'none in the last day'
          : `${count(last, 'message')} in the last day, none of the latest failed`,
      ),
    )
  }
  if (status.wiring.length === 0) {
    for (const [id, title] of poolChecks) exam.skip(id, title, 'there is no user pool')
    return
  }
  await examineWiring(exam, status, record.stage)
  await examineSessions(exam, stage, record)
}

/** What only the logs tell; the rest has checks of its own. */
const ofLogs = /^(sends|reports|table|secrets|defect|crash)$/
const titles: Record<string, string> = {
  sends: 'latest messages',
  reports: 'delivery reports',
  table: 'table',
  secrets: 'secrets',
}

const poolChecks = [
  ['wiring', 'pool calls its triggers'],
  ['works', 'sign-in is answered'],
  ['session', 'session outlives the code'],
] as const

async function examineResources(exam: Examination, { plan }: StageStatus, deploy: string): Promise<void> {
  const well = plan.filter(({ action }) => action === 'keep').length
  if (well > 0) await exam.check('resources', 'resources', () => pass(`${well} of ${plan.length} as wanted`))
  await examineDangers(exam, plan)
  for (const step of plan) {
    const { id, kind, name, action, fields, why, by } = step
    if (action === 'keep' || isConsequence(step)) continue
    await exam.check(`resource.${id}`, `${kind.replaceAll('-', ' ')} ${name}`, () => {
      if (by === 'move') return warn('is still kept where an older version has put it', deploy)
      if (action === 'delete') return warn('is left of an older version', deploy)
      if (action === 'create')
        return ['findings', 'brake'].includes(kind) ? warn('is missing', deploy) : fail('is missing', deploy)
      const drift = fields.map(
        ({ field, from, to }) => `${field} is ${from ?? 'unset'}, not ${to ?? 'unset'}`,
      )
      if (action === 'update') return warn(drift.join('; '), deploy)
      const next = fields.flatMap((field) => field.next ?? [])
      const remedy = next.join(', or ') || 'whatsapp-otp plan   says what can be done'
      return fail([why, ...drift].filter(Boolean).join('; '), remedy)
    })
  }
}

/** What no deploy changes, since somebody may have meant it. */
async function examineDangers(exam: Examination, plan: Plan): Promise<void> {
  for (const { id, kind, name, dangers = [] } of plan) {
    for (const [at, { what, why, next, isGrave }] of dangers.entries()) {
      await exam.check(`danger.${id}.${at + 1}`, `${kind.replaceAll('-', ' ')} ${name}`, () =>
        (isGrave ? fail : warn)(`${what}: ${why}`, next),
      )
    }
  }
}

const resume = (stage: string) => `whatsapp-otp resume --stage ${stage}`

async function examineBrake(exam: Examination, { pause }: StageStatus, stage: string): Promise<void> {
  await exam.check('brake', 'brake', () =>
    pause ? warn(`the stage is ${pauseWords(pause)}`, resume(stage)) : pass('not pulled'),
  )
}

/** Each is a way in for whoever knows its code. */
async function examineTestNumbers(
  exam: Examination,
  { testNumbers }: StageStatus,
  stage: string,
): Promise<void> {
  await exam.check('test-numbers', 'test numbers', () => {
    const warnings = testNumberWarnings(testNumbers, stage)
    if (warnings.length === 0) return pass('none')
    return warn(warnings.join('; '), `whatsapp-otp test-numbers list --stage ${stage}`)
  })
}

async function examineWiring(
  exam: Examination,
  { wiring, checks, pause }: StageStatus,
  stage: string,
): Promise<void> {
  const deploy = `whatsapp-otp deploy --stage ${stage}`
  await exam.check('wiring', 'pool calls its triggers', () => {
    const off = wiring.filter(({ wanted, actual }) => wanted !== actual)
    if (off.length === 0 && wiring.length > 0) return pass(`all ${wiring.length}`)
    const words = off.map(({ trigger, actual }) => `${trigger}: it calls ${actual ?? 'nothing'}`)
    return fail(words.join('; ') || 'there is no pool', deploy)
  })
  await exam.check('works', 'sign-in is answered', () => {
    const broken = checks.filter(isBroken)
    const open = checks.filter(({ isOpen }) => isOpen)
    const [first] = open
    const remedy = pause ? resume(stage) : 'sign in from the app'
    if (broken.length === 0 && first) return warn(`${first.check}: ${first.why}`, remedy)
    if (broken.length === 0) return pass(`${checks.length} checks hold`)
    const words = broken.map(({ check, why }) => (why ? `${check}: ${why}` : check))
    return fail(`does not hold: ${words.join('; ')}`, deploy)
  })
}

/** The session must outlive the code, or Cognito ends it while the code in the message still counts. */
async function examineSessions(exam: Examination, { aws }: OpenStage, record: StageRecord): Promise<void> {
  const minutes = Number((record.settings as Partial<Settings>).otpExpiryMinutes)
  await exam.check('session', 'session outlives the code', async () => {
    const clients = {
      ...(record.signupClientId ? { signup: record.signupClientId } : {}),
      login: record.loginClientId,
    }
    const short: string[] = []
    for (const [kind, ClientId] of Object.entries(clients)) {
      const { UserPoolClient } = await aws.cognito
        .send(new DescribeUserPoolClientCommand({ UserPoolId: record.userPoolId, ClientId }))
        .catch((error) => {
          throw toAppError(error, `read the ${kind} client`)
        })
      // Cognito's own default is 3 minutes.
      const life = UserPoolClient?.AuthSessionValidity ?? 3
      if (life <= minutes) short.push(`${kind} client: ${life} min`)
    }
    if (short.length === 0) return pass(`codes live ${minutes} min`)
    return fail(
      `codes live ${minutes} min, but a session of the ${short.join(', of the ')}`,
      `whatsapp-otp deploy --stage ${record.stage}`,
    )
  })
}
