// docs/recipes.md, for the tests that run what it says.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from './program.ts'

/** The last block of code of a section. */
export async function recipeOf(section: string): Promise<string> {
  const page = await readFile(join(root, 'docs/recipes.md'), 'utf8')
  const text = page.split(/^##+ /m).find((one) => one.startsWith(`${section}\n`)) ?? ''
  const code = [...text.matchAll(/^```\w+\n(.*?)^```$/gms)].at(-1)?.[1]
  if (!code) throw new Error(`The page has nothing for ${section}`)
  return code
}
