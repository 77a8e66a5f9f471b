// The help of the tool and of each command, for the build to store: bin/whatsapp-otp.js answers with it and loads nothing else.
import { exitCodes } from '../errors.ts'
import { commands } from './catalogue.ts'
import { buildProgram } from './program.ts'

/** Stands where the text of a line begins, below which it goes on where the terminal is too narrow. */
const mark = '\u0001'

/** By command, '' for the tool's own; descriptions are not broken into lines yet. */
export async function helpTexts(): Promise<Record<string, string>> {
  const names = ['', ...commands.keys()]
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await helpOf(name)])))
}

async function helpOf(name: string): Promise<string> {
  let text = ''
  const write = (chunk: string | Uint8Array) => {
    text += chunk
    return true
  }
  const argv = [...(name === '' ? [] : [name]), '--help']
  const stdout = { write, columns: Number.POSITIVE_INFINITY }
  const print = await buildProgram(argv, { stdout }, async () => exitCodes.done, {
    boxWrap: (description) => `${mark}${description}`,
  })
  await print()
  return text
}
