// Changes the sources one small piece at a time and counts the changes that no test notices.
// Plain JavaScript, as the build is. The tester is installed on first use, apart from the project's own packages.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const here = fileURLToPath(new URL('./', import.meta.url))
const cache = `${root}.cache/mutation/`

/** What is changed, the tests that have to notice, and the share of changes (in %) that they must not miss. */
const parts = {
  rules: {
    mutate: ['src/core/**/*.ts', 'triggers/rounds/**/*.ts'],
    tests: [
      'test/core/**/*.test.ts',
      'test/triggers/rounds/**/*.test.ts',
      'test/triggers/**/{log,config,counters,store,secrets}.test.ts',
      'test/triggers/outside/whatsapp.test.ts',
      'test/messaging/meta-errors.test.ts',
      'test/redact.test.ts',
    ],
    least: 95,
  },
  engine: { mutate: ['src/engine/**/*.ts'], tests: ['test/engine/**/*.test.ts'], least: 90 },
  resources: {
    mutate: ['src/resources/user-pool*.ts', 'src/resources/user-pool/*.ts', 'src/resources/role*.ts'],
    tests: ['test/resources/{user-pool,role}-*.test.ts'],
    least: 90,
  },
}

function installOnce() {
  // Written last, so that a broken installation is repeated.
  const stamp = `${cache}.installed`
  const wanted = readFileSync(`${here}package-lock.json`, 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stdout.write('Installing the mutation tester\n')
  mkdirSync(cache, { recursive: true })
  for (const list of ['package.json', 'package-lock.json']) copyFileSync(`${here}${list}`, `${cache}${list}`)
  // The runner's peer is the project's own vitest, found further up.
  const flags = ['--legacy-peer-deps', '--no-fund', '--no-audit', '--loglevel', 'error']
  execFileSync('npm', ['ci', '--prefix', cache, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] })
  writeFileSync(stamp, wanted)
}

async function run(name, { mutate, tests, least }) {
  const { Stryker } = await import(
    pathToFileURL(`${cache}node_modules/@stryker-mutator/core/dist/src/index.js`)
  )
  process.env.MUTATION_TESTS = JSON.stringify(tests)
  await new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: true },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    // Generous, as a machine that is busy with other work must not count as a change that was noticed.
    timeoutMS: 30_000,
    // What neither a change of sources nor of tests concerns is not tried again.
    incremental: true,
    incrementalFile: `.cache/mutation/${name}.json`,
    tempDirName: '.cache/mutation/copy',
    ignorePatterns: ['.cache', 'dist', 'docs', 'test/peers', 'tsconfig.json'],
    reporters: ['progress-append-only', 'clear-text', 'html'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    htmlReporter: { fileName: `.cache/mutation/${name}.html` },
    thresholds: { high: least, low: least, break: least },
    allowConsoleColors: false,
    disableTypeChecks: false,
  }).runMutationTest()
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  process.stderr.write(`No such part: ${unknown.join(', ')}. There are ${Object.keys(parts).join(', ')}.\n`)
  process.exitCode = 2
} else {
  process.chdir(root)
  installOnce()
  for (const [name, part] of Object.entries(parts)) {
    if (asked.length === 0 || asked.includes(name)) await run(name, part)
  }
}
