// Whether a stage works, by few calls: its pool calls our functions, they run, its secrets are there, messages go out.
import { DescribeUserPoolCommand, type UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import { GetFunctionCommand } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws/clients.ts'
import { ifFound } from '../aws/errors.ts'
import { toAppError } from '../aws/words.ts'
import { providerOf } from '../core/messaging/providers.ts'
import { arns, type FunctionName, names, type Place, type Trigger, triggers } from '../names.ts'
import { dangersOfFunction, inactivityOf } from '../resources/function-settings.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { functionsOf, onlyWithReports, triggersOf } from '../settings/parts.ts'
import type { Settings } from '../settings/schema.ts'
import { problemsIn } from './examination.ts'
import { type Latest, type ReadingLogs, readLatest, tellersOf } from './judgement/latest.ts'
import {
  dangerProblem,
  functionProblem,
  inOrder,
  type Judged,
  type Problem,
  secretsProblems,
  wiringProblem,
} from './judgement/problem.ts'
import { readSecretsState } from './judgement/secrets-state.ts'
import { reportProblems, sendProblems } from './judgement/sends.ts'
import { troubleProblems } from './judgement/troubles.ts'
import type { SendingLook } from './own-sending.ts'

export interface Wiring {
  trigger: Trigger
  /** The ARN that the pool should call. */
  wanted: string
  /** What it calls; undefined when it calls nothing. */
  actual: string | undefined
}

/** What the pool calls at each of the points that these settings ask for, beside what it should call. */
export function wiringOf(place: Place, pool: UserPoolType, settings: Partial<Settings>): Wiring[] {
  return triggersOf(settings).map((trigger) => ({
    trigger,
    wanted: arns.function(place, trigger),
    actual: pool.LambdaConfig?.[triggers[trigger]],
  }))
}

export interface Looking {
  /** How the logs are read: at once, or in their turn among many stages. */
  readingLogs?: ReadingLogs
  /** Also asks the provider; see `lookAtSending`. */
  asking?: (latest: Latest | undefined) => Promise<SendingLook>
}

const askNobody = async (latest: Latest | undefined): Promise<SendingLook> => ({ findings: [], latest })

/**
 * What is wrong with a stage, without a plan of it and without a sign-in: whether its pool calls its functions, they
 * run, its secrets are there, and its latest messages went out. Changes nothing; what cannot be found
 * out is a problem in itself.
 */
export async function findProblems(
  aws: Aws,
  { userPoolId, settings }: Pick<StageRecord, 'userPoolId' | 'settings'>,
  { readingLogs, asking = askNobody }: Looking = {},
): Promise<Problem[]> {
  const { clock, place } = aws
  const judged = { stage: place.stage, provider: providerOf(settings), now: clock.now() }
  try {
    const [wired, functions, secrets, noted] = await Promise.all([
      findUnwired(judged, aws, userPoolId, settings),
      Promise.all(functionsOf(settings).map((trigger) => findIdle(judged, aws, trigger))),
      readSecretsState(aws, settings),
      // Whoever may not read the logs still hears of all else.
      readLatest(aws, tellersOf(settings, ['createAuthChallenge']), readingLogs).catch(() => undefined),
    ])
    const { findings, latest } = await asking(noted)
    return inOrder([
      ...secretsProblems(judged, secrets),
      ...functions.flat(),
      ...wired,
      ...(latest ? troubleProblems(judged, latest, { isOut: false }) : []),
      ...problemsIn(findings),
      ...(latest ? sendProblems(judged, latest, secrets.keyChangedAt) : []),
      ...(latest && onlyWithReports.isWanted(settings)
        ? reportProblems(judged, latest, secrets.webhookChangedAt)
        : []),
    ])
  } catch (error) {
    const { code, why, message, next } = toAppError(error, 'look')
    if (code === 'CANCELLED') throw error
    return [{ id: 'unknown', grave: true, cause: `not known: ${why ?? message}`, next }]
  }
}

async function findUnwired(
  judged: Judged,
  { cognito, place }: Aws,
  UserPoolId: string,
  settings: Partial<Settings>,
): Promise<Problem[]> {
  const described = await ifFound(cognito.send(new DescribeUserPoolCommand({ UserPoolId })))
  const pool = described?.UserPool
  const unwired = pool
    ? wiringOf(place, pool, settings).filter(({ wanted, actual }) => wanted !== actual)
    : []
  return wiringProblem(
    judged,
    unwired.map(({ trigger }) => trigger),
    pool !== undefined,
  )
}

async function findIdle(judged: Judged, { lambda, place }: Aws, trigger: FunctionName): Promise<Problem[]> {
  const FunctionName = names.function(place.stage, trigger)
  const found = await ifFound(lambda.send(new GetFunctionCommand({ FunctionName })))
  if (!found) return [functionProblem(judged, trigger, undefined)]
  const configuration = found.Configuration ?? {}
  const reserved = found.Concurrency?.ReservedConcurrentExecutions
  const have = { configuration: { FunctionName, ...configuration }, reserved, tags: {} }
  const why = inactivityOf(configuration)
  return [
    ...dangersOfFunction(place, have).map((danger) =>
      dangerProblem(trigger, `function ${FunctionName}`, danger),
    ),
    ...(why ? [functionProblem(judged, trigger, why)] : []),
  ]
}
