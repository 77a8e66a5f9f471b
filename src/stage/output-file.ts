// The outputs in a file of the user's project: a block between markers of our own, replaced as a whole or not at all.
import { lstat, readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { AppError, usageError } from '../errors.ts'

const begin = '# whatsapp-otp: begin, written by `whatsapp-otp outputs`'
const end = '# whatsapp-otp: end'

/** What became of it. */
export interface Written {
  /** The file itself, symbolic links followed. */
  path: string
  changed: boolean
}

/**
 * Writes the text between our own markers of a file, and leaves every other line alone. JSON knows no
 * comments to mark a block with: a file named `.json` is written as a whole, where it holds nothing else.
 * Throws FILE_NOT_WRITTEN, FILE_NOT_OURS, and FILE_ELSEWHERE for a link that leads out of the folder; the file is as
 * it was then.
 */
export async function writeBlock(cwd: string, file: string, text: string): Promise<Written> {
  const asked = resolve(cwd, file)
  const path = await whereItLeads(cwd, asked)
  const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw cannotWrite(path, error)
  })
  const isJson = path.endsWith('.json')
  if (isJson && !isReplaceable(before, text)) throw notOurs(path)
  const after = isJson ? `${text}\n` : withBlock(before, text)
  if (after === before) return { path, changed: false }
  // Into a file beside it first, which then takes its place with its mode and owner.
  await writeFileAtomic(path, after).catch((error) => {
    throw cannotWrite(path, error)
  })
  return { path, changed: true }
}

/** A cloned project may hold a link to any file of its user's. */
async function whereItLeads(cwd: string, asked: string): Promise<string> {
  const isWithin = (folder: string, path: string) => path === folder || path.startsWith(folder + sep)
  const folder = isWithin(resolve(cwd), asked) ? resolve(cwd) : dirname(asked)
  const realOf = (path: string) =>
    realpath(path).catch((error) => {
      throw cannotWrite(asked, error)
    })
  const realFolder = await realOf(folder)
  const isLink = await lstat(asked).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  )
  // A file that is yet to be made lies where its folder does.
  const real = isLink
    ? await realpath(asked).catch(() => undefined)
    : join(await realOf(dirname(asked)), basename(asked))
  if (real !== undefined && isWithin(realFolder, real)) return real
  throw usageError('FILE_ELSEWHERE', `${asked} leads out of its folder`, {
    why:
      real === undefined
        ? 'it is a symbolic link to nothing'
        : `it is, or lies behind, a symbolic link to ${real}`,
    next: ['name the file itself with --write', 'whatsapp-otp outputs   prints instead'],
  })
}

/** True for outputs of another time or stage; anything else that the file holds would be lost. */
function isReplaceable(before: string, text: string): boolean {
  if (before.trim() === '') return true
  try {
    const ours = new Set([
      ...Object.keys(JSON.parse(text)),
      'issuer',
      'jwksUri',
      'endpoint',
      'Auth',
      'custom',
    ])
    return Object.keys(JSON.parse(before)).every((key) => ours.has(key))
  } catch {
    return false
  }
}

/** Replaces the block, or adds it below what is there, with the ends of lines that the file has. */
export function withBlock(before: string, text: string): string {
  const eol = before.includes('\r\n') ? '\r\n' : '\n'
  const block = `${begin}\n${text}\n${end}\n`.replaceAll('\n', eol)
  const from = before.indexOf(begin)
  const to = before.indexOf(end, from)
  if (from >= 0 && to >= 0) {
    const rest = before.slice(to + end.length).replace(/^\r?\n/, '')
    return before.slice(0, from) + block + rest
  }
  const gap = before === '' || before.endsWith('\n') ? '' : eol
  return `${before}${gap}${block}`
}

function notOurs(path: string) {
  return usageError('FILE_NOT_OURS', `${path} holds something else than outputs`, {
    why: 'a JSON file is written as a whole, and the rest would be lost',
    next: ['choose another file with --write', 'whatsapp-otp outputs --format json   prints instead'],
  })
}

function cannotWrite(path: string, error: NodeJS.ErrnoException): AppError {
  return new AppError('FILE_NOT_WRITTEN', `Could not write ${path}`, {
    why: error.message,
    next: ['whatsapp-otp outputs   prints instead'],
    cause: error,
  })
}
