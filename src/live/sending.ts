// The account that messages are sent with, watched: what it answers is what the probes want to know.
import { fetchByEnv } from '../aws/fetch.ts'
import { AppError } from '../errors.ts'
import { completeSettings } from '../settings/resolve.ts'
import { connectAccount } from '../stage/providers.ts'
import { givenKey } from '../stage/sending.ts'
import type { OpenStage } from '../stage/stage.ts'
import type { Answered, Sending } from './scene/ground.ts'

/** Without a key, a sender or a template there is no account; without a number nobody to send to. */
export function sendingOf(
  { aws, resolved, sources }: OpenStage,
  phone: string | undefined,
): { sending?: Sending; why: string } {
  try {
    const settings = completeSettings(resolved, { keyIsStored: false })
    const key = givenKey(resolved)
    if (!phone || !key) return { why: 'no message is sent without --phone' }
    const answers: Answered[] = []
    const { clock, signal, bounds } = aws
    const fetch = watching(fetchByEnv(sources.processEnv), answers)
    return {
      why: '',
      sending: {
        account: connectAccount(settings, { key, clock, signal, bounds, fetch }),
        phone,
        from: settings.whatsappFrom,
        template: settings.whatsappTemplateName,
        language: settings.whatsappLanguages[0] ?? '',
        answers,
      },
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { why: error.message }
  }
}

/** Notes how messages are answered; nothing of it but the status and the form of a number. */
function watching(fetch: typeof globalThis.fetch, answers: Answered[]): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (init?.method === 'POST') answers.push(await look(response.clone()))
    return response
  }
}

async function look(response: Response): Promise<Answered> {
  const body = (await response.json().catch(() => undefined)) as { data?: { to?: unknown }[] } | undefined
  const to = Array.isArray(body?.data) ? body.data[0]?.to : undefined
  const recipient = typeof to !== 'string' ? undefined : to.startsWith('+') ? 'as-sent' : 'digits'
  return { status: response.status, recipient }
}
