// Builds dist/: the zips of the functions that are uploaded to Lambda, the bundled CLI and API, and their notices; and
// what `npm run live` is made of, which is not published.
// Run by `npm run build`; plain JavaScript because Node 20 does not read TypeScript.
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, transform } from 'esbuild'
import { zipSync } from 'fflate'
import { noticesOf } from './notices.mjs'

const root = fileURLToPath(new URL('./', import.meta.url))
const triggers = {
  preSignUp: 'pre-sign-up',
  defineAuthChallenge: 'define-auth-challenge',
  createAuthChallenge: 'create-auth-challenge',
  verifyAuthChallenge: 'verify-auth-challenge',
  postConfirmation: 'post-confirmation',
  deliveryStatus: 'delivery-status',
  smsFallback: 'sms-fallback',
}

/**
 * Files in one zip, by their names, the same bytes for the same content on every machine: deflated by code that comes
 * with it, not by the zlib of this Node, with the zip epoch as their date and a fixed mode. Lambda's CodeSha256 is the
 * hash of these bytes, so it decides whether a deploy uploads anything.
 */
function zipOf(files) {
  const options = { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16 }
  return zipSync(Object.fromEntries(files.map(([name, content]) => [name, [content, options]])))
}

/**
 * Takes from modules of Node what is used of them, and nothing where nothing is: an import would load them, TLS among
 * them, and all that they offer. The signer requires them, by their short names.
 */
const partsOfNode = {
  name: 'parts-of-node',
  setup(bundle) {
    bundle.onResolve({ filter: /^(node:.+|crypto|querystring|url)$/ }, async ({ path, kind, importer }) => {
      if (kind === 'require-call') return { path, namespace: 'whole-of-node', sideEffects: false }
      const names = namesFrom(path, await readFile(importer, 'utf8'))
      return {
        path: `${path} ${names}`,
        namespace: 'part-of-node',
        sideEffects: false,
        pluginData: { path, names },
      }
    })
    bundle.onLoad({ filter: /.*/, namespace: 'whole-of-node' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }))
    bundle.onLoad({ filter: /.*/, namespace: 'part-of-node' }, ({ pluginData: { path, names } }) => {
      const parts = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => whole.${name})()`)
      const whole = `const whole = process.getBuiltinModule('${path}')`
      return { contents: [whole, 'export default whole', ...parts].join('\n') }
    })
  },
}

/** What a source imports by name: what Node has besides differs between its versions, and with it the bytes would. */
function namesFrom(path, source) {
  const lists = [...source.matchAll(/^import (?:\w+, )?\{([^}]*)\} from '([^']+)'/gm)]
  const own = lists.filter(([, , from]) => from === path).flatMap(([, list]) => list.split(','))
  return own.map((one) => one.trim().split(' as ')[0]).filter((name) => name && !name.startsWith('type '))
}

/** Works out at the build what is data only: the functions carry what comes of it, and not what it is made from. */
const dataWorkedOut = {
  name: 'data-worked-out',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]src[\\/]core[\\/]phone[\\/]plans\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: 'esm', write: false })
      const source = Buffer.from(outputFiles[0].contents).toString('base64')
      const values = Object.entries(await import(`data:text/javascript;base64,${source}`))
      const lines = values.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)}`)
      return { contents: lines.join('\n'), loader: 'js' }
    })
  },
}

/** Makes what is imported while a function runs a file of its own: whoever does not need it does not load it either. */
const apartWhenRun = (apart) => ({
  name: 'apart-when-run',
  setup(bundle) {
    bundle.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined
      const name = basename(path).replace(/\.ts$/, '.mjs')
      apart.set(name, resolve(resolveDir, path))
      return { path: `./${name}`, external: true }
    })
  },
})

/** The code of one function, as a zip. */
async function bundleFunction(entry) {
  const entries = new Map([['index.mjs', entry]])
  const files = []
  const metafiles = []
  // Grows while its files are bundled.
  for (const [name, path] of entries) {
    const { outputFiles, metafile } = await build({
      entryPoints: [path],
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      plugins: [partsOfNode, dataWorkedOut, apartWhenRun(entries)],
      // Characters as they are take half the bytes of their escapes.
      charset: 'utf8',
      legalComments: 'none',
      write: false,
      metafile: true,
      absWorkingDir: root,
    })
    files.push([name, outputFiles[0].contents])
    metafiles.push(metafile)
  }
  return { zip: zipOf(files), metafiles }
}

async function buildTrigger(name, file) {
  const { zip, metafiles } = await bundleFunction(`${root}triggers/${file}.ts`)
  await writeFile(`${root}dist/triggers/${name}.zip`, zip)
  const sha256 = createHash('sha256').update(zip).digest('base64')
  return { name, metafiles, listed: { bytes: zip.length, sha256 } }
}

/** dynalite requires its operations by names made at run time; with the extension esbuild finds the files. */
const dynaliteOperations = {
  name: 'dynalite-operations',
  setup(bundle) {
    bundle.onLoad({ filter: /dynalite[\\/]index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { contents: source.replaceAll("' + action)", "' + action + '.js')") }
    })
  },
}

/**
 * Keeps packages out of the source maps: frames of our own code are what a trace is read for, and the rest
 * would be nine tenths of the maps. An input with a map of its own that says nothing adds nothing.
 */
const mapsOfOurCode = {
  name: 'maps-of-our-code',
  setup(bundle) {
    const empty = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64')
    const line = `\n//# sourceMappingURL=data:application/json;base64,${empty}`
    bundle.onLoad({ filter: /node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      return { contents: (await readFile(path, 'utf8')) + line }
    })
  },
}

/** What both programs for Node are built with. */
const forNode = {
  bundle: true,
  keepNames: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Packages offer CommonJS first to Node; only their ES modules can be left out in parts.
  mainFields: ['module', 'main'],
  legalComments: 'none',
  absWorkingDir: root,
  // CommonJS packages inside an ES module bundle still call require for Node's own modules, and ask for their name.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require=__createRequire(import.meta.url),__filename=import.meta.filename;",
  },
}

/** What settles open matters on a real account, and the function that it makes there. */
async function buildLive() {
  const [{ zip }] = await Promise.all([
    bundleFunction(`${root}src/live/echo/handler.ts`),
    build({ ...forNode, entryPoints: [`${root}src/live/start.ts`], outfile: `${root}dist/live/live.js` }),
  ])
  await writeFile(`${root}dist/live/echo.zip`, zip)
}

/** What bin/whatsapp-otp.js answers with before anything of the CLI is loaded. */
async function storeHelp() {
  const outfile = `${root}node_modules/.cache/whatsapp-otp/help-texts.mjs`
  await build({ ...forNode, entryPoints: [`${root}src/cli/help-texts.ts`], outfile, packages: 'external' })
  const { helpTexts } = await import(pathToFileURL(outfile).href)
  await rm(`${root}dist/help`, { recursive: true, force: true })
  await mkdir(`${root}dist/help`)
  for (const [name, text] of Object.entries(await helpTexts())) {
    await writeFile(`${root}dist/help${name && `/${name}`}.txt`, text)
  }
}

/** The CLI and the programmatic API, which share their chunks. */
async function buildPrograms() {
  const { metafile } = await build({
    ...forNode,
    entryPoints: { cli: `${root}src/cli/main.ts`, index: `${root}src/index.ts` },
    outdir: `${root}dist`,
    splitting: true,
    minify: true,
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    // dynalite opens LevelDB on disk only when given a path, which the sandbox never does; its native
    // addon cannot be bundled.
    alias: { level: 'memory-level' },
    plugins: [dynaliteOperations, mapsOfOurCode],
  })
  // Read at run time, not imported: what runs a function in a process of its own.
  await cp(`${root}src/sandbox/lambda/function-host.js`, `${root}dist/function-host.js`)
  return metafile
}

/** What apps import, by the names of package.json's `exports`. Bundlers minify it with the rest of an app. */
const appEntries = {
  client: 'index.ts',
  countries: 'countries.ts',
  texts: 'texts/index.ts',
  remote: 'remote.ts',
  react: 'react.ts',
  server: 'server.ts',
}

async function buildApp() {
  const { metafile } = await build({
    entryPoints: Object.fromEntries(
      Object.entries(appEntries).map(([name, file]) => [name, `${root}app/${file}`]),
    ),
    outdir: `${root}dist/app`,
    ...{ bundle: true, splitting: true, format: 'esm', target: 'es2022', platform: 'neutral' },
    mainFields: ['module', 'main'],
    conditions: ['import'],
    chunkNames: 'shared-[hash]',
    external: ['react'],
    legalComments: 'none',
    metafile: true,
    absWorkingDir: root,
  })
  const current = new Set(Object.keys(metafile.outputs))
  for (const name of await readdir(`${root}dist/app`)) {
    if (!current.has(`dist/app/${name}`)) await rm(`${root}dist/app/${name}`)
  }
  return metafile
}

/** The workshop page of the sandbox, whole in one file. */
async function buildPage() {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${root}page/main.tsx`],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    platform: 'browser',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // The form that apps get from `whatsapp-otp/react`, drawn by something smaller.
    alias: { react: 'preact/compat' },
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    metafile: true,
    absWorkingDir: root,
  })
  const { code: style } = await transform(await readFile(`${root}page/style.css`, 'utf8'), {
    loader: 'css',
    minify: true,
  })
  const shell = await readFile(`${root}page/index.html`, 'utf8')
  const page = shell
    .replace('/*style*/', () => style.trim())
    .replace('/*script*/', () => outputFiles[0].text.trim())
  await writeFile(`${root}dist/page.html`, page)
  return metafile
}

/** Chunks of earlier builds: their names carry hashes, so they would pile up. Everything else is overwritten. */
async function removeOldChunks(metafile) {
  const current = new Set(Object.keys(metafile.outputs))
  for (const name of await readdir(`${root}dist/chunks`)) {
    if (!current.has(`dist/chunks/${name}`)) await rm(`${root}dist/chunks/${name}`)
  }
}

await mkdir(`${root}dist/triggers`, { recursive: true })
const only = process.argv[2]
const built = await Promise.all(Object.entries(triggers).map((entry) => buildTrigger(...entry)))
const manifest = Object.fromEntries(built.map(({ name, listed }) => [name, listed]))
await writeFile(`${root}dist/triggers/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`)
if (only !== 'triggers') {
  const [metafile, app, page] = await Promise.all([
    buildPrograms(),
    buildApp(),
    buildPage(),
    buildLive(),
    storeHelp(),
  ])
  const metafiles = [metafile, app, page, ...built.flatMap((trigger) => trigger.metafiles)]
  await writeFile(`${root}dist/THIRD-PARTY-NOTICES.txt`, await noticesOf(root, metafiles))
  await removeOldChunks(metafile)
}
