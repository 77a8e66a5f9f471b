// `npm run bench`: turns the TypeScript of this folder into one module and runs it, since Node 20 reads none.
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('./', import.meta.url))
const outfile = fileURLToPath(new URL('../../node_modules/.cache/whatsapp-otp/bench.mjs', import.meta.url))

/** Files that look for others beside them must find them from inside the bundle, too. */
const ownUrls = {
  name: 'own-urls',
  setup(bundle) {
    bundle.onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', `'${pathToFileURL(path).href}'`),
      loader: 'ts',
    }))
  },
}

await build({
  entryPoints: [`${here}bench.ts`],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  plugins: [ownUrls],
})
const { bench } = await import(pathToFileURL(outfile).href)
process.exitCode = await bench(process.argv.slice(2))
