// The files of a project that others join: each says what is true of the others, and names nothing that is not there.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { commandsOf, manifest, read, readYaml, root, workflows } from './repository.ts'

describe.each(workflows)('workflow %s', (_, workflow) => {
  it('runs scripts and files that exist', () => {
    const lines = commandsOf(workflow)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      const [, script = line.startsWith('npm test') ? 'test' : undefined] = /^npm run (\S+)/.exec(line) ?? []
      if (script) expect(Object.keys(manifest.scripts), line).toContain(script)
      const [file] = /\.ci\/\S+|release\/\S+/.exec(line) ?? []
      if (file) expect(existsSync(join(root, file)), line).toBe(true)
      if (!script && !file) expect(line).toMatch(/^npm (ci|publish)\b/)
    }
  })

  it('uses what others have made by its content, not by a name that they can move', () => {
    const used = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
    expect(used.filter((one) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(one))).toEqual([])
  })

  it('may read alone, but for the one job that publishes by its identity', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    for (const [name, { permissions }] of Object.entries(workflow.jobs)) {
      expect(permissions).toEqual(name === 'publish' ? { contents: 'read', 'id-token': 'write' } : undefined)
    }
  })
})

it('the checks run on the oldest Node of package.json and on the one to develop with', () => {
  const [, checks] = workflows.find(([name]) => name === 'checks.yml')!
  const tried = checks.jobs.suite!.strategy!.matrix.node
  expect(tried).toContain(manifest.engines.node.replace('>=', ''))
  expect(tried?.at(-1)).toBe(read('.nvmrc').trim())
})

it('the mutation tester is asked for parts that it has', () => {
  const [, { jobs }] = workflows.find(([name]) => name === 'mutation.yml')!
  const known = [...read('test/mutation/run.mjs').matchAll(/^ {2}(\w+): \{/gm)].map(([, name]) => name)
  expect(jobs.mutation!.strategy!.matrix.part).toEqual(known)
})

it('editors write what the formatter wants', () => {
  const { formatter } = JSON.parse(read('biome.json'))
  const editor = read('.editorconfig')
  expect(editor).toContain(`indent_style = ${formatter.indentStyle}\nindent_size = ${formatter.indentWidth}`)
  expect(editor).toContain(`max_line_length = ${formatter.lineWidth}`)
})

it('the newest entry of the changelog is this version, and what comes next is for this package', () => {
  const [, newest] = /^## (\S+)$/m.exec(read('CHANGELOG.md')) ?? []
  expect(newest).toBe(manifest.version)
  for (const name of readdirSync(`${root}.changeset`).filter((one) => one.endsWith('.md'))) {
    expect(read(`.changeset/${name}`)).toMatch(/^---\n['"]whatsapp-otp['"]: (patch|minor|major)\n---\n\n\S/)
  }
})

it('updates are looked for wherever packages are listed', () => {
  interface Update {
    'package-ecosystem': string
    directory?: string
    directories?: string[]
  }
  const { updates } = readYaml<{ updates: Update[] }>('.github/dependabot.yml')
  const folders = updates
    .filter((one) => one['package-ecosystem'] === 'npm')
    .flatMap(({ directory, directories = [] }) => [directory ?? [], ...directories].flat())
  const locks = execFileSync('git', ['ls-files', '*package-lock.json'], { cwd: root, encoding: 'utf8' })
  expect(folders.sort()).toEqual(
    locks
      .trim()
      .split('\n')
      .map((path) =>
        normalize(`/${dirname(path)}`)
          .replaceAll('\\', '/')
          .replace(/(.)\/$/, '$1'),
      )
      .sort(),
  )
})

it('issues and pull requests ask for what is needed, and never for a secret', () => {
  interface Form {
    name: string
    description: string
    body: { type: string; id?: string }[]
  }
  const folder = '.github/ISSUE_TEMPLATE'
  const forms = readdirSync(`${root}${folder}`).filter((name) => name !== 'config.yml')
  expect(forms.length).toBeGreaterThan(1)
  for (const name of forms) {
    const form = readYaml<Form>(`${folder}/${name}`)
    expect([typeof form.name, typeof form.description]).toEqual(['string', 'string'])
    const fields = form.body.filter(({ type }) => type !== 'markdown').map(({ id }) => id)
    expect(new Set(fields).size).toBe(form.body.filter(({ type }) => type !== 'markdown').length)
  }
})

// Those that test/docs does not look at.
const pages = [
  '.github/PULL_REQUEST_TEMPLATE.md',
  ...readdirSync(`${root}docs/decisions`).map((name) => `docs/decisions/${name}`),
]

it.each(pages)('%s names scripts and files that exist', (page) => {
  const text = read(page)
  for (const [, script] of text.matchAll(/`npm run ([\w:-]+)/g))
    expect(manifest.scripts).toHaveProperty([script!])
  for (const [, path] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    expect(existsSync(join(root, dirname(page), path!)), path).toBe(true)
  }
})

it('every decision is listed, and has its context, itself and its consequences', () => {
  const listed = read('docs/decisions/README.md')
  for (const page of pages.filter((name) => /\/\d{4}-/.test(name))) {
    expect(listed).toContain(`](${page.split('/').at(-1)})`)
    const parts = [...read(page).matchAll(/^\*\*(\w+)\.\*\* \S/gm)].map(([, name]) => name)
    expect(parts).toEqual(['Context', 'Decision', 'Consequences'])
  }
})

describe('where the project lives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whatsapp-otp-release-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const publish = (tag: string) => {
    const file = join(folder, 'package.json')
    writeFileSync(file, read('package.json'))
    const env = {
      ...process.env,
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'somebody/whatsapp-otp',
      GITHUB_REF_NAME: tag,
    }
    execFileSync(process.execPath, [join(root, 'release/metadata.mjs'), file], { env, stdio: 'pipe' })
    return JSON.parse(readFileSync(file, 'utf8'))
  }

  it('is said by the workflow that publishes, and guessed nowhere', () => {
    for (const key of ['repository', 'homepage', 'bugs']) expect(manifest).not.toHaveProperty(key)
    expect(publish(`v${manifest.version}`)).toEqual({
      ...manifest,
      repository: { type: 'git', url: 'git+https://github.example/somebody/whatsapp-otp.git' },
      homepage: 'https://github.example/somebody/whatsapp-otp#readme',
      bugs: 'https://github.example/somebody/whatsapp-otp/issues',
    })
  })

  it('is not said for a tag of another version', () => {
    expect(() => publish('v9.9.9')).toThrow(`The tag is v9.9.9, the version ${manifest.version}`)
  })
})

it('a new version is written wherever one is pinned', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whatsapp-otp-pin-'))
  try {
    const pinned = ['action.yml', 'action/README.md', 'README.md', 'docs/ci.md']
    for (const name of [...pinned, 'package.json']) {
      mkdirSync(join(folder, dirname(name)), { recursive: true })
      writeFileSync(join(folder, name), read(name).replaceAll(manifest.version, '0.0.9'))
    }
    writeFileSync(join(folder, 'package.json'), read('package.json'))
    execFileSync(process.execPath, [join(root, 'release/pin.mjs'), folder])
    for (const name of ['action.yml', 'action/README.md', 'docs/ci.md']) {
      const text = readFileSync(join(folder, name), 'utf8')
      expect([text.includes('0.0.9'), text.includes(manifest.version)], name).toEqual([false, true])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
