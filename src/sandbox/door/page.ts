// Loads the page of the inbox: beside this file from source, beside or above the bundle when built.
import { readFile } from 'node:fs/promises'

export async function loadPage(): Promise<string> {
  const [here, above] = [new URL('./page.html', import.meta.url), new URL('../page.html', import.meta.url)]
  return readFile(here, 'utf8').catch(() => readFile(above, 'utf8'))
}

/** The page needs nothing from elsewhere, so nothing from elsewhere is allowed. */
export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
