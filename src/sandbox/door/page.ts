// Loads the workshop page, which the build makes of `page/` at the project's root: above the bundle's chunks, or in dist.
import { readFile } from 'node:fs/promises'

export async function loadPage(): Promise<string> {
  const [bundled, built] = [
    new URL('../page.html', import.meta.url),
    new URL('../../../dist/page.html', import.meta.url),
  ]
  return readFile(bundled, 'utf8').catch(() => readFile(built, 'utf8'))
}

/** The page needs nothing from elsewhere, so nothing from elsewhere is allowed. */
export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
