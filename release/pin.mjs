// Writes the version of package.json wherever one is pinned: the action's default, and `whatsapp-otp@…` on the pages.
// Run by `npm run release:prepare`, after changesets has raised it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [, , folder] = process.argv
const root = folder ? pathToFileURL(`${folder}/`) : new URL('../', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
const pages = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md'))

for (const name of ['action.yml', 'action/README.md', 'README.md', ...pages.map((page) => `docs/${page}`)]) {
  const file = new URL(name, root)
  const before = readFileSync(file, 'utf8')
  const after = before
    .replace(/(which npx gets\n\s+default: )\S+/, `$1${version}`)
    .replace(/(one whole version, `)[^`]+/, `$1${version}`)
    .replace(/(whatsapp-otp@v?)\d+\.\d+\.\d+[\w.-]*/g, `$1${version}`)
  if (after !== before) writeFileSync(file, after)
}
