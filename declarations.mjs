// Writes dist/types/: the declarations of what package.json exports, and of nothing that it does not name. They must
// stand alone, since whoever installs the package has neither the AWS SDK nor zod; only the form for React names React.
// Run by `npm run build:types`.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('./', import.meta.url))
const types = join(root, 'dist/types')

/** Copies a file and what it names; gives what it names that is no file of ours. */
async function copy(from, name, seen = new Set()) {
  if (seen.has(name)) return []
  seen.add(name)
  const emitted = await readFile(join(from, name), 'utf8')
  const text = emitted.replace(/((['"])\.[^'"]*)\.ts\2/g, '$1.js$2')
  await mkdir(dirname(join(types, name)), { recursive: true })
  await writeFile(join(types, name), text)
  const named = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]|<reference [^>]*"([^"]+)"/g)]
  const foreign = await Promise.all(
    named.map(([, path, reference]) =>
      path?.startsWith('.')
        ? copy(from, join(dirname(name), path.replace(/\.js$/, '.d.ts')), seen)
        : [`${name}: ${path ?? reference}`],
    ),
  )
  return foreign.flat()
}

const folder = await mkdtemp(join(tmpdir(), 'whatsapp-otp-types-'))
try {
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.types.json')]
  execFileSync(process.execPath, [...tsc, '--outDir', folder], { stdio: 'inherit' })
  await rm(types, { recursive: true, force: true })
  const seen = new Set()
  const entries = JSON.parse(await readFile(join(root, 'tsconfig.types.json'), 'utf8')).files
  const named = []
  for (const entry of entries) named.push(...(await copy(folder, entry.replace(/\.ts$/, '.d.ts'), seen)))
  const foreign = named.filter((name) => name !== 'app/react.d.ts: react')
  if (foreign.length > 0) throw new Error(`The API's types need other packages: ${foreign.join(', ')}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
