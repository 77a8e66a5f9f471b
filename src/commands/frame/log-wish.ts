// What `logs` is asked for, out of its flags: a span of time, a text, a number, a message.
import type { LogWish } from '../../insight/logs.ts'
import { spanOf, triggersOf } from '../../settings/flag-values.ts'
import { functionsOf } from '../../settings/parts.ts'
import { parsePhone } from '../../settings/phone.ts'
import type { OpenStage } from '../../stage/stage.ts'
import type { Context } from './command.ts'

/** Everything that can be said before AWS is asked. */
export interface Asked extends Omit<LogWish, 'numbers'> {
  /** E.164: never sent to CloudWatch. */
  phone: string | undefined
}

/** What is looked for by an id or a number happened a while ago. Throws usage errors. */
export function askedFor({ flags, clock, output }: Context, named: string | undefined): Asked {
  const words = (flag: unknown) => (flag === undefined ? undefined : String(flag))
  const [text, message] = [flags.filter, flags.message].map(words)
  const phone = text !== undefined && looksLikeNumber(text) ? parsePhone(text) : undefined
  const span = flags.since ?? (phone || message ? '1d' : '10m')
  return {
    triggers: triggersOf(named),
    from: clock.now() - spanOf(span),
    text: phone ? undefined : text,
    phone,
    message,
    all: Boolean(flags.all),
    redacted: output.redacted,
  }
}

/** Without a plus, too: then it is refused, and goes nowhere. */
const looksLikeNumber = (text: string) => /^\s*(\+[\d\s().-]{6,}|\d{8,15})\s*$/.test(text)

/** Throws SECRETS_UNREADABLE where a number is asked for and the stage's keys cannot be read. */
export async function wishOf(
  { aws, record }: Pick<OpenStage, 'aws' | 'record'>,
  asked: Asked,
): Promise<LogWish> {
  const { phone, ...rest } = asked
  const there = functionsOf(record?.settings ?? {})
  // Asked for by its name, one that is not there has written nothing, or has left its lines.
  const triggers = rest.triggers.length > 1 ? there : rest.triggers
  const wish = { ...rest, triggers }
  if (!phone || !record) return wish
  const { logNamesOf } = await import('../../users/log-names.ts')
  return { ...wish, numbers: await logNamesOf(aws, record, phone) }
}
