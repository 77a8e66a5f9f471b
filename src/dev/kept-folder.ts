// The folder in which `dev` keeps its account: what may lie there, and how it is read and written.
import { chmod, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, usageError } from '../errors.ts'
import { version } from '../version.ts'

const format = 'whatsapp-otp dev account'
/** Of what is written; another form takes another number. */
const newest = 1

const fileName = 'account.json'
export const lockName = 'lock'
const isDraft = /^account\.json\.\d+$/
/** `.DS_Store` comes by itself. */
const known = [fileName, lockName, '.gitignore', '.DS_Store']

/** Makes the folder where there is none. Throws PERSIST_FOLDER_FOREIGN and PERSIST_UNREADABLE. */
export async function enterFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = await readdir(folder)
    const strange = names.filter((name) => !known.includes(name) && !name.startsWith(`${fileName}.`))
    if (!names.includes(fileName) && strange.length > 0) throw foreign(folder, strange)
    // It is a developer's own, and holds the keys of his stage.
    if (!names.includes('.gitignore')) await writeFile(join(folder, '.gitignore'), '*\n')
  } catch (error) {
    throw error instanceof AppError ? error : unusable(folder, error)
  }
}

/** Removes what one that was killed had begun to write. Only for who has the lock. */
export async function clearDrafts(folder: string): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => isDraft.test(name))
  await Promise.all(drafts.map((name) => rm(join(folder, name), { force: true })))
}

/** The account that is kept; undefined where none is yet. Throws PERSIST_UNREADABLE, PERSIST_BROKEN and PERSIST_NEWER. */
export async function readAccount(folder: string): Promise<unknown> {
  const path = join(folder, fileName)
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined
    throw unusable(path, error)
  })
  if (text === undefined) return undefined
  const { format: given, version: number, writtenBy, account } = documentIn(folder, text)
  if (given !== format || typeof number !== 'number') throw broken(folder, 'it is not what dev writes')
  if (number <= newest) return account
  throw new AppError('PERSIST_NEWER', `${path} cannot be read by this version`, {
    why: `it was written by ${writtenBy ?? 'a newer one'}; this is ${version()}`,
    next: ['npm install --save-dev whatsapp-otp@latest', beginAnew(folder)],
  })
}

/** Whole or not at all, and for nobody else to read. */
export async function writeAccount(folder: string, account: unknown): Promise<void> {
  const path = join(folder, fileName)
  const draft = `${path}.${process.pid}`
  try {
    const file = await open(draft, 'w', 0o600)
    await file.writeFile(JSON.stringify({ format, version: newest, writtenBy: version(), account }))
    await file.sync()
    await file.close()
    await chmod(draft, 0o600)
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true })
    const why = (cause as Error).message
    throw new AppError('PERSIST_NOT_WRITTEN', `The account could not be kept in ${folder}`, { why, cause })
  }
}

export function broken(folder: string, why: string, cause?: unknown): AppError {
  const message = `${join(folder, fileName)} cannot be restored`
  return new AppError('PERSIST_BROKEN', message, { why, next: [beginAnew(folder)], cause })
}

function documentIn(folder: string, text: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>
  } catch (cause) {
    throw broken(folder, `it is not JSON: ${(cause as Error).message}`, cause)
  }
  throw broken(folder, 'it is not what dev writes')
}

function foreign(folder: string, names: string[]): AppError {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
  return usageError('PERSIST_FOLDER_FOREIGN', `${folder} is no folder of dev`, {
    why: `it holds ${names.slice(0, 3).join(', ')}${more}`,
    next: ['whatsapp-otp dev --persist .whatsapp-otp   keeps the account in a folder of its own'],
  })
}

function unusable(path: string, cause: unknown): AppError {
  const why = (cause as Error).message
  return usageError('PERSIST_UNREADABLE', `${path} cannot be used`, {
    why,
    next: ['whatsapp-otp dev --persist <another folder>'],
    cause,
  })
}

const beginAnew = (folder: string) => {
  const path = join(folder, fileName)
  return `mv ${path} ${path}.old   begins anew, and keeps what is there`
}
