// Installs the peers: Python programs into a virtual environment, npm packages beside their lock file.
// Plain JavaScript, as the build is. Does nothing when what the two lists ask for is there already.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('./', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))
const site = `${root}site/`
const cache = fileURLToPath(new URL('../../.cache/peers/', import.meta.url))
const venv = `${cache}venv`
const run = (file, args) => execFileSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'] })

/** Installs again when the list has changed; the stamp is written last, so that a broken run is repeated. */
function installOnce(list, folder, install) {
  const stamp = `${folder}/.installed`
  const wanted = createHash('sha256').update(readFileSync(list)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stdout.write(`Installing the peers of ${relative(root, list)}\n`)
  install()
  writeFileSync(stamp, wanted)
}

function findPrograms() {
  const programs = { python3: 'python3 python3-venv', chromium: 'chromium', go: 'golang-go' }
  for (const [program, packages] of Object.entries(programs)) {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    } catch {
      throw new Error(`The peers need ${program}. On Debian: apt-get install ${packages}`)
    }
  }
}

try {
  findPrograms()
  mkdirSync(cache, { recursive: true })
  installOnce(`${here}requirements.txt`, venv, () => {
    rmSync(venv, { recursive: true, force: true })
    run('python3', ['-m', 'venv', venv])
    run(`${venv}/bin/pip`, [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      `${here}requirements.txt`,
    ])
  })
  for (const folder of [here, site]) {
    installOnce(`${folder}package-lock.json`, `${folder}node_modules`, () =>
      run('npm', ['ci', '--prefix', folder, '--no-fund', '--no-audit', '--loglevel', 'error']),
    )
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
