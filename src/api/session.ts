// One call of the programmatic API: the stage that its options lead to, progress as events, errors as AppErrors.
import { toAppError } from '../aws/words.ts'
import { systemClock } from '../clock.ts'
import type { ApplyEvent } from '../engine/apply.ts'
import { AppError, cancelled, usageError } from '../errors.ts'
import { redact } from '../redact.ts'
import { type SettingKey, schema, settingKeys } from '../settings/schema.ts'
import { readSources, targetOf } from '../settings/sources.ts'
import type { PlayProgress } from '../stage/rollout.ts'
import { type OpenStage, openStage } from '../stage/stage.ts'
import { asAppError } from '../terminal/error-view.ts'
import type { StageOptions, StageSettings } from './options.ts'
import type { StageEvent } from './results.ts'
import { stepOf } from './shapes.ts'

export interface Session {
  stage: OpenStage
  progress: PlayProgress
  tell(event: StageEvent): void
  /** Epoch milliseconds. */
  started: number
}

/** Opens the stage and does the work; whatever goes wrong comes out as an AppError without secrets. */
export async function inStage<T>(
  options: StageOptions & { settings?: StageSettings },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const abort = new AbortController()
  const stop = () => abort.abort()
  options.signal?.addEventListener('abort', stop)
  if (options.signal?.aborted) stop()
  const secrets = secretsIn(options)
  try {
    const started = systemClock.now()
    const tell = teller(options.onEvent)
    const progress = progressOf(tell, abort.signal)
    const stage = await progress.run('Find the account', () => open(options, abort.signal))
    secrets.push(...Object.values(stage.resolved.secrets))
    for (const warning of stage.resolved.warnings) progress.warn(warning)
    return await work({ stage, progress, tell, started })
  } catch (error) {
    const isStopped = abort.signal.aborted && !(error instanceof AppError)
    throw withoutSecrets(isStopped ? stopped() : asAppError(error), secrets)
  } finally {
    options.signal?.removeEventListener('abort', stop)
  }
}

async function open(
  options: StageOptions & { settings?: StageSettings },
  signal: AbortSignal,
): Promise<OpenStage> {
  const { stage, region, profile, account, credentials, env = {}, folder, trust, mfaCode } = options
  const settings = known(options.settings ?? {})
  const sources = { ...(await readSources({ trust }, env, folder)), settings }
  const target = targetOf({ ...sources, flags: { stage, region, profile } })
  return openStage({
    sources,
    target: { ...target, account: account ?? target.account },
    clock: systemClock,
    signal,
    sealed: options.env === undefined ? 'all' : 'endpoint and region',
    ...(credentials ? { credentials } : {}),
    ...(mfaCode ? { mfaCode } : {}),
  })
}

function secretsIn({ settings, env }: StageOptions & { settings?: StageSettings }): (string | undefined)[] {
  const given: Record<string, unknown> = { ...settings }
  return settingKeys
    .filter((key) => 'secret' in schema[key])
    .flatMap((key) => [given[key] === undefined ? undefined : String(given[key]), env?.[schema[key].env]])
}

/** A key that is not known would be passed over without a word. */
function known(settings: StageSettings): Record<string, unknown> {
  const unknown = Object.keys(settings).filter((key) => !settingKeys.includes(key as SettingKey))
  if (unknown.length === 0) return { ...settings }
  throw usageError('SETTING_UNKNOWN', `There is no setting ${unknown.join(', ')}`, {
    why: `there are ${settingKeys.join(', ')}`,
  })
}

/** What a listener throws is its own: it must neither stop a stage half-way nor get lost. */
function teller(onEvent: StageOptions['onEvent']): (event: StageEvent) => void {
  return (event) => {
    try {
      onEvent?.(event)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

function progressOf(tell: (event: StageEvent) => void, signal: AbortSignal): PlayProgress {
  return {
    async run(title, work) {
      if (signal.aborted) throw stopped()
      const began = systemClock.now()
      const end = (state: 'done' | 'failed') =>
        tell({ type: 'task', state, title, ms: systemClock.now() - began })
      tell({ type: 'task', state: 'started', title })
      try {
        const result = await work()
        end('done')
        return result
      } catch (error) {
        end('failed')
        throw error
      }
    },
    emit: (event) => tell(eventOf(event)),
    warn: (text) => tell({ type: 'warning', text }),
  }
}

function eventOf(event: ApplyEvent): StageEvent {
  const step = stepOf(event.step)
  if (event.type === 'start') return { type: 'step', state: 'started', step }
  if (event.type === 'done') return { type: 'step', state: 'done', step, ms: event.ms }
  const error = toAppError(event.error, `${step.action} ${step.kind} ${step.name}`)
  return { type: 'step', state: 'failed', step, ms: event.ms, error }
}

function stopped(): AppError {
  return cancelled('the signal was aborted')
}

/** The same error where there is nothing to hide. */
function withoutSecrets(error: AppError, secrets: (string | undefined)[]): AppError {
  const clean = (text: string) =>
    redact(
      text,
      secrets.filter((secret) => secret !== undefined),
    )
  const { code, message, why, next, exitCode, cause } = error
  const texts = [message, why ?? '', ...next]
  if (texts.every((text) => clean(text) === text)) return error
  return new AppError(code, clean(message), {
    ...(why === undefined ? {} : { why: clean(why) }),
    next: next.map(clean),
    exitCode,
    cause,
  })
}
