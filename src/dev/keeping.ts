// Keeps the account of `dev` from start to start: restored before anybody calls, written after changes and at the end.
import { resolve } from 'node:path'
import type { Clock } from '../clock.ts'
import { NotRestorable, type SavedAccount } from '../sandbox/account/keep.ts'
import { broken, clearDrafts, enterFolder, readAccount, writeAccount } from './kept-folder.ts'
import { lockFolder } from './lock.ts'

/** What is kept of a sandbox, and how many requests it has answered, which tells that something may have changed. */
export interface Kept {
  save(): Promise<SavedAccount>
  answered(): number
}

export interface Keeping {
  folder: string
  /** What the sandbox is to begin with. */
  saved: unknown
  /** Puts into words what cannot be restored. */
  explain(error: unknown): never
  /** From now on changes are written, within a second or as soon as the clock says. */
  begin(kept: Kept): void
  /** Writes once more, if it has begun, and lets the folder go. Throws PERSIST_NOT_WRITTEN. */
  end(): Promise<void>
}

const pauseMs = 1_000

/**
 * Takes the folder and reads it, changing nothing of what is kept there. `warn` hears of a change that could not be
 * written. Throws PERSIST_FOLDER_FOREIGN, PERSIST_IN_USE, PERSIST_UNREADABLE, PERSIST_BROKEN and PERSIST_NEWER.
 */
export async function keepingIn(
  given: string,
  { cwd, clock, warn }: { cwd: string; clock: Clock; warn(text: string): void },
): Promise<Keeping> {
  const folder = resolve(cwd, given)
  await enterFolder(folder)
  const unlock = await lockFolder(folder)
  const read = async () => {
    await clearDrafts(folder)
    return readAccount(folder)
  }
  const saved = await read().catch(async (error) => {
    await unlock()
    throw error
  })
  const stop = new AbortController()
  let kept: Kept | undefined
  let keeping: Promise<void> | undefined
  let written = ''

  async function write(): Promise<void> {
    const account = await kept?.save()
    const text = JSON.stringify(account)
    if (!account || text === written) return
    await writeAccount(folder, account)
    written = text
  }

  async function keep({ answered }: Kept): Promise<void> {
    let seen = 0
    while (!stop.signal.aborted) {
      await clock.sleep(pauseMs, stop.signal)
      const now = answered()
      if (now === seen || stop.signal.aborted) continue
      seen = now
      await write().catch((error: Error) => warn(error.message))
    }
  }

  return {
    folder,
    saved,
    explain(error) {
      if (!(error instanceof NotRestorable)) throw error
      throw broken(folder, error.message.split('\n')[0] ?? '', error)
    },
    begin(one) {
      kept = one
      keeping = keep(one)
    },
    async end() {
      stop.abort()
      await keeping
      try {
        await write()
      } finally {
        await unlock()
      }
    },
  }
}
