// Builds dist/: the five trigger zips that are uploaded to Lambda, and the bundled CLI.
// Run by `npm run build`; plain JavaScript because Node 20 does not read TypeScript.
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { ZipArchive } from 'archiver'
import { build } from 'esbuild'

const root = new URL('./', import.meta.url).pathname
const triggers = {
  preSignUp: 'pre-sign-up',
  defineAuthChallenge: 'define-auth-challenge',
  createAuthChallenge: 'create-auth-challenge',
  verifyAuthChallenge: 'verify-auth-challenge',
  postConfirmation: 'post-confirmation',
}

/**
 * One file in one zip, the same bytes for the same content on every machine: stored, not deflated
 * (deflate differs between zlib builds), with the zip epoch as its date and a fixed mode. Lambda's
 * CodeSha256 is the hash of these bytes, so it decides whether a deploy uploads anything.
 */
async function zipOf(name, content) {
  const archive = new ZipArchive({ store: true, forceUTC: true })
  const chunks = []
  archive.on('data', (chunk) => chunks.push(chunk))
  archive.append(content, { name, date: new Date('1980-01-01T00:00:00Z'), mode: 0o644 })
  await archive.finalize()
  return Buffer.concat(chunks)
}

async function buildTrigger(name, file) {
  const { outputFiles } = await build({
    entryPoints: [`${root}triggers/${file}.ts`],
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    legalComments: 'none',
    write: false,
    absWorkingDir: root,
  })
  const zip = await zipOf('index.mjs', Buffer.from(outputFiles[0].contents))
  await writeFile(`${root}dist/triggers/${name}.zip`, zip)
  return [name, { bytes: zip.length, sha256: createHash('sha256').update(zip).digest('base64') }]
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

async function buildCli() {
  await build({
    entryPoints: { cli: `${root}src/cli.ts` },
    outdir: `${root}dist`,
    bundle: true,
    splitting: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    chunkNames: 'chunks/[name]-[hash]',
    legalComments: 'none',
    absWorkingDir: root,
    // dynalite opens LevelDB on disk only when given a path, which the sandbox never does; its native
    // addon cannot be bundled.
    alias: { level: 'memory-level' },
    plugins: [dynaliteOperations],
    // CommonJS packages inside an ES module bundle still call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require=__createRequire(import.meta.url);",
    },
  })
  // Read at run time, not imported: the inbox page, and what runs a function in a process of its own.
  for (const file of ['page.html', 'function-host.js']) {
    await cp(`${root}src/sandbox/${file}`, `${root}dist/${file}`)
  }
}

// The chunks' names carry hashes, so old ones would pile up; everything else is overwritten in place.
await rm(`${root}dist/chunks`, { recursive: true, force: true })
await mkdir(`${root}dist/triggers`, { recursive: true })
const only = process.argv[2]
const built = Object.fromEntries(await Promise.all(Object.entries(triggers).map((e) => buildTrigger(...e))))
await writeFile(`${root}dist/triggers/manifest.json`, `${JSON.stringify(built, null, 2)}\n`)
if (only !== 'triggers') await buildCli()
