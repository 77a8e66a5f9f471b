// Holds the house together: who may import whom, print, ask and build clients, and how long a file may be.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

interface Source {
  path: string
  text: string
  imports: string[]
}

const sources: Source[] = listFiles(['src', 'triggers']).map((path) => {
  const text = readFileSync(join(root, path), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)
  const imports = specifiers.map((name) =>
    name.startsWith('.') ? relative(root, resolve(root, dirname(path), name)) : name,
  )
  return { path, text, imports }
})

function listFiles(folders: string[]): string[] {
  const all = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  return all.filter((path) => /\.(ts|js)$/.test(path)).sort()
}

/** `path: what` of every source that breaks a rule; empty when all keep it. */
function breaches(find: (source: Source) => string[]): string[] {
  return sources.flatMap((source) => find(source).map((what) => `${source.path}: ${what}`))
}

describe('the architecture', () => {
  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(80)
    expect(sources.some(({ imports }) => imports.includes('src/errors.ts'))).toBe(true)
  })

  it('lets the triggers stand alone', () => {
    expect(
      breaches(({ path, imports }) =>
        path.startsWith('triggers/') ? imports.filter((name) => name.startsWith('src/')) : [],
      ),
    ).toEqual([])
  })

  it('keeps the sandbox a neighbour: it imports nothing of the rest', () => {
    expect(
      breaches(({ path, imports }) =>
        path.startsWith('src/sandbox/')
          ? imports.filter((name) => /^(src|triggers)\//.test(name) && !name.startsWith('src/sandbox/'))
          : [],
      ),
    ).toEqual([])
  })

  it('lets only commands reach into the sandbox', () => {
    expect(
      breaches(({ path, imports }) =>
        /^src\/(commands|sandbox)\//.test(path)
          ? []
          : imports.filter((name) => name.startsWith('src/sandbox/')),
      ),
    ).toEqual([])
  })

  it('lets nothing below the commands import a command', () => {
    expect(
      breaches(({ path, imports }) =>
        path.startsWith('src/commands/') || path === 'src/cli.ts'
          ? []
          : imports.filter((name) => name.startsWith('src/commands/')),
      ),
    ).toEqual([])
  })

  it('keeps resources apart from each other and from commands, ui and sandbox', () => {
    expect(
      breaches(({ path, imports }) =>
        path.startsWith('src/resources/')
          ? imports.filter((name) => /^src\/(commands|ui|sandbox|sendzen)\//.test(name))
          : [],
      ),
    ).toEqual([])
  })

  it('asks through one door', () => {
    expect(
      breaches(({ path, imports }) =>
        path === 'src/ui/questions.ts' ? [] : imports.filter((name) => name.startsWith('@inquirer/')),
      ),
    ).toEqual([])
  })

  it('prints only in ui, at the program’s own edge, and in the functions’ log', () => {
    const edges = ['src/cli.ts', 'triggers/log.ts', 'src/sandbox/function-host.js']
    expect(
      breaches(({ path, text }) =>
        path.startsWith('src/ui/') || edges.includes(path)
          ? []
          : [...text.matchAll(/console\.\w+\(|process\.std(?:out|err)/g)].map((match) => match[0]),
      ),
    ).toEqual([])
  })

  it('builds SDK clients in one file', () => {
    expect(
      breaches(({ path, text }) =>
        path === 'src/aws/clients.ts'
          ? []
          : [
              ...text.matchAll(
                /new (?:IAM|Lambda|CognitoIdentityProvider|SSM|STS|CloudWatchLogs|DynamoDB|SNS)Client\(/g,
              ),
            ].map((match) => match[0]),
      ),
    ).toEqual([])
  })

  it('says in its first line what a file is for', () => {
    expect(
      breaches(({ text }) => (/^(#!.*\n)?\/\/ \S/.test(text) ? [] : ['no comment in the first line'])),
    ).toEqual([])
  })

  it('keeps files short', () => {
    expect(
      breaches(({ text }) => (text.split('\n').length > 260 ? [`${text.split('\n').length} lines`] : [])),
    ).toEqual([])
  })
})
