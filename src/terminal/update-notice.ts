// Says once a day that a newer version is out: on a terminal only, after the command, and never in its way.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../clock.ts'
import { isNewer } from '../version.ts'
import { cacheFolder } from './folders.ts'
import type { Output } from './output.ts'

export interface UpdateOptions {
  env: Record<string, string | undefined>
  output: Output
  clock: Clock
  current: string
  /** The version that is published; undefined where nobody knows. Ends early when the signal aborts. */
  lookUp: ((signal: AbortSignal) => Promise<string | undefined>) | undefined
}

export interface UpdateNotice {
  /** Resolves when the look has an answer, found nothing, or was given up. */
  looking: Promise<void>
  /** Shows what is known by now, and gives up what is not. */
  show(): Promise<void>
}

const dayMs = 86_400_000

/**
 * Begins to look beside the command, if a day has passed since the last time, and gives what shows the result.
 * Whatever has no answer by then is given up: nobody waits for a notice. WHATSAPP_OTP_NO_UPDATE_NOTICE turns
 * it off, as do CI, --json and anything that is not a terminal.
 */
export function lookForUpdate({ env, output, clock, current, lookUp }: UpdateOptions): UpdateNotice {
  if (!lookUp || !output.isLive || env.WHATSAPP_OTP_NO_UPDATE_NOTICE) {
    return { looking: Promise.resolve(), show: async () => {} }
  }
  const file = join(cacheFolder(env), 'update.json')
  const abort = new AbortController()
  let latest: string | undefined
  const looking = (async () => {
    const { checkedAt = 0 } = await readState(file)
    if (abort.signal.aborted || clock.now() - checkedAt < dayMs) return
    latest = await lookUp(abort.signal)
    if (latest === undefined || abort.signal.aborted) return
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify({ checkedAt: clock.now(), latest }))
  })().catch(() => {})

  return {
    looking,
    async show() {
      abort.abort()
      if (latest !== undefined && isNewer(latest, current)) {
        output.say(`\nwhatsapp-otp ${latest} is out, this is ${current}: npm install --global whatsapp-otp`)
      }
      await looking
    },
  }
}

async function readState(file: string): Promise<{ checkedAt?: number }> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return {}
  }
}
