// One `dev` at a time keeps its account in a folder.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, uptime } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { lockName } from './kept-folder.ts'

interface Holder {
  pid: number
  host: string
  /** Epoch seconds; numbers of processes begin anew with the machine. */
  bootAt: number
}

const bootAt = () => Math.round(Date.now() / 1000 - uptime())

/** Gives what lets the folder go. Throws PERSIST_IN_USE; the lock of one that has died counts for nothing. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockName)
  const mine: Holder = { pid: process.pid, host: hostname(), bootAt: bootAt() }
  for (const _ of [1, 2]) {
    try {
      await writeFile(path, JSON.stringify(mine), { flag: 'wx', mode: 0o600 })
      return () => rm(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await holderIn(path)
    if (holder && holds(holder)) throw inUse(folder, holder)
    await rm(path, { force: true })
  }
  throw inUse(folder, undefined)
}

async function holderIn(path: string): Promise<Holder | undefined> {
  try {
    const { pid, host, bootAt: boot } = JSON.parse(await readFile(path, 'utf8'))
    return { pid: Number(pid), host: String(host), bootAt: Number(boot) }
  } catch {
    return undefined
  }
}

function holds({ pid, host, bootAt: boot }: Holder): boolean {
  if (host !== hostname()) return true
  // The machine's clock may have been set meanwhile, by a little.
  if (Math.abs(boot - bootAt()) > 60 || pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function inUse(folder: string, holder: Holder | undefined): AppError {
  const elsewhere = holder && holder.host !== hostname() ? ` on ${holder.host}` : ''
  return new AppError('PERSIST_IN_USE', `Another dev keeps its account in ${folder}`, {
    why: holder ? `it is process ${holder.pid}${elsewhere}` : 'it has begun this very moment',
    next: [
      'stop it, or use another folder',
      ...(elsewhere ? [`rm ${join(folder, lockName)}   if it is not running any more`] : []),
    ],
  })
}
