// `npm run simulate`: turns the TypeScript of this folder into one module and runs it, since Node 20 reads none.
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const outfile = fileURLToPath(new URL('../../node_modules/.cache/whatsapp-otp/simulate.mjs', import.meta.url))

await build({
  entryPoints: [fileURLToPath(new URL('./simulate.ts', import.meta.url))],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
})
const { simulate } = await import(pathToFileURL(outfile).href)
simulate(process.argv.slice(2))
