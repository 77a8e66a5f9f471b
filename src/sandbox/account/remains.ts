// What sandboxes of this process have on the machine, folders and processes, and that none of it stays after its end.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'

// Processes of another machine or container, which may share the folder, have numbers of their own.
const place = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
const ours = /^whatsapp-otp-([0-9a-f]{8})-(\d+)-\w{6}$/

let folder: string | undefined
let guard: Writable | undefined

/** A new folder. It goes with `removeFolder`, or with the process. */
export function newFolder(): string {
  if (!folder) {
    folder = mkdtempSync(join(tmpdir(), `whatsapp-otp-${place}-${process.pid}-`))
    guard = guardOf(folder)
    process.once('exit', removeAll)
  }
  return mkdtempSync(join(folder, 'f'))
}

/** Removes one, and with the last of them what they lay in. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
  if (folder && readdirSync(folder).length === 0) removeAll()
}

function removeAll(): void {
  process.off('exit', removeAll)
  if (folder) rmSync(folder, { recursive: true, force: true })
  folder = undefined
  guard?.end()
  guard = undefined
}

/** From now on this process ends with ours. */
export const guardProcess = (pid: number): void => void guard?.write(`+ ${pid}\n`)

/** To be told at its end: another may get its number. */
export const forgetProcess = (pid: number): void => void guard?.write(`- ${pid}\n`)

/**
 * A shell that outlives this process by a moment, even where that is killed: it ends the processes that are left, those
 * that are stopped or run in circles too, and removes the folder.
 */
function guardOf(path: string): Writable | undefined {
  if (process.platform === 'win32') return undefined
  const script = `l=' '
while read -r sign pid; do
  case $sign in
    +) l="$l$pid " ;;
    -) case $l in *" $pid "*) l="\${l%% $pid *} \${l#* $pid }" ;; esac ;;
  esac
done
for pid in $l; do kill -9 "$pid"; done 2>/dev/null
rm -rf "$0"`
  const shell = spawn('/bin/sh', ['-c', script, path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // Without one, the next start does its work.
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.unref()
  const { stdin } = shell as unknown as { stdin: Writable & { unref(): void } }
  stdin.unref()
  return stdin
}

let isCleared = false

/** Removes once what processes that are dead have left, of this user and this machine only. */
export function removeOfTheDead(): void {
  if (isCleared) return
  isCleared = true
  for (const name of namesIn(tmpdir())) {
    const [, where, pid] = ours.exec(name) ?? []
    if (where !== place || isAlive(Number(pid))) continue
    const path = join(tmpdir(), name)
    try {
      const { uid } = lstatSync(path)
      if (uid === (process.getuid?.() ?? uid)) rmSync(path, { recursive: true, force: true })
    } catch {
      // Another start removes it at the same time.
    }
  }
}

/** None where nobody may look. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
