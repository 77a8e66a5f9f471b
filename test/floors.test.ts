// Holds the house together: who may import whom, print, ask and build clients, and how long a file may be.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

interface Source {
  path: string
  text: string
  /** Paths of ours from the root, and the names of packages. */
  imports: string[]
  /** Those of them that are loaded with it, whatever it is asked for. */
  loads: string[]
}

function listFiles(folders: string[]): string[] {
  const all = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  return all
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(tsx?|js)$/.test(path) && !path.includes('node_modules/'))
    .sort()
}

function read(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const named = (name: string) =>
    name.startsWith('.') ? relative(root, resolve(root, dirname(path), name)).replaceAll('\\', '/') : name
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => named(match[1]!))
  const loads = [...text.matchAll(/^(?:import|export) (?!type )(?:([^']+) from )?'([^']+)'/gm)]
    .filter(([, what = '']) => !/^\{(\s*type [^,}]+,?)+\s*\}$/.test(what))
    .map((match) => named(match[2]!))
  return { path, text, imports, loads }
}

const sources = listFiles(['app', 'page', 'src', 'triggers']).map(read)
const everything = [...sources, ...listFiles(['test']).map(read)]

/**
 * From the roof down. A line may import what stands below it, and nothing beside or above it; a folder inside
 * a room may be named with the room's own files above or below it.
 */
const floors = [
  'page',
  'src/cli',
  'src/live',
  'src/live/probes',
  'src/live/scene',
  'src/live/echo',
  'src/commands',
  'src/commands/frame',
  'src/demo',
  'src/dev',
  'src/wizard',
  'src/views',
  'src/index.ts',
  'src/api',
  'src/documents',
  'src/insight/doctor',
  'src/insight',
  'src/insight/judgement',
  'src/users',
  'src/stage/policy',
  'src/stage',
  'src/stage/lock',
  'src/resources/reports',
  'src/resources/user-pool/borrowed',
  'src/resources',
  'src/resources/user-pool',
  'src/resources/alarms',
  'src/engine',
  'src/messaging/sendzen',
  'src/messaging',
  'src/settings',
  'src/terminal',
  'src/aws',
  'src/aws/late',
  'src/sandbox/server.ts',
  'src/sandbox/options.ts',
  'src/sandbox/door',
  'src/sandbox/services.ts',
  'src/sandbox/sendzen',
  'src/sandbox/cognito/kept',
  'src/sandbox/cognito',
  'src/sandbox/cognito/triggers',
  'src/sandbox/cognito/model',
  'src/sandbox/lambda',
  'src/sandbox/lambda/function',
  'src/sandbox/logs',
  'src/sandbox/cloudwatch',
  'src/sandbox/iam',
  'src/sandbox/dynamodb',
  'src/sandbox/ssm',
  'src/sandbox/sns',
  'src/sandbox/sqs',
  'src/sandbox/sts',
  'src/sandbox/protocol',
  'src/sandbox/account',
  'src/redact.ts',
  'triggers',
  'triggers/own',
  'triggers/borrowed',
  'triggers/rounds',
  'triggers/outside',
  'src/core/reports',
  'src/core',
  'src/core/ledger',
  'src/core/messaging',
  'src/core/parameters',
  'src/core/phone',
  'src/version.ts',
  'src/clock.ts',
  'src/progress.ts',
  'src/assumptions.ts',
  'src/names.ts',
  'src/errors.ts',
  'app/texts',
  'app',
]

/** The floor of a file: a file that is named, else its folder. */
function floorOf(path: string): number {
  const byName = floors.indexOf(path)
  return byName >= 0 ? byName : floors.indexOf(dirname(path))
}

const ours = (name: string) => /^(app|page|src|triggers|test)\//.test(name)

/** `path: what` of every source that breaks a rule; empty when all keep it. */
function breaches(find: (source: Source) => string[], of: readonly Source[] = sources): string[] {
  return of.flatMap((source) => find(source).map((what) => `${source.path}: ${what}`))
}

/** Every round trip: names that can be reached from themselves. */
function circlesIn(edges: Iterable<readonly [from: string, to: string]>): string[] {
  const next = new Map<string, Set<string>>()
  for (const [from, to] of edges) {
    if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to))
  }
  const reaches = (from: string, wanted: string) => {
    const seen = new Set<string>()
    const open = [...(next.get(from) ?? [])]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === wanted) return true
      if (seen.has(at)) continue
      seen.add(at)
      open.push(...(next.get(at) ?? []))
    }
    return false
  }
  return [...next.keys()].filter((name) => reaches(name, name)).sort()
}

describe('the floors', () => {
  it('have sources to look at', () => {
    expect(sources.length).toBeGreaterThan(80)
    expect(sources.some(({ imports }) => imports.includes('src/errors.ts'))).toBe(true)
  })

  it('have a place for every file', () => {
    expect(sources.filter(({ path }) => floorOf(path) < 0).map(({ path }) => path)).toEqual([])
  })

  it('let nothing climb', () => {
    expect(
      breaches(({ path, imports }) =>
        imports
          .filter(ours)
          .filter((name) => dirname(name) !== dirname(path) || floorOf(name) !== floorOf(path))
          .filter((name) => floorOf(name) <= floorOf(path)),
      ),
    ).toEqual([])
  })

  it('have no circle of files, tests included', () => {
    expect(
      circlesIn(
        everything.flatMap(({ path, imports }) => imports.filter(ours).map((to) => [path, to] as const)),
      ),
    ).toEqual([])
  })

  it('have no circle of folders, tests included', () => {
    // Files that lie directly in src stand on floors of their own.
    const folder = (path: string) => (dirname(path) === 'src' ? path : dirname(path))
    expect(
      circlesIn(
        everything.flatMap(({ path, imports }) =>
          imports.filter(ours).map((to) => [folder(path), folder(to)] as const),
        ),
      ),
    ).toEqual([])
  })

  it('find a circle where there is one', () => {
    const edges = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
      ['c', 'd'],
    ] as const
    expect(circlesIn(edges)).toEqual(['a', 'b', 'c'])
  })

  it('let the functions stand alone, but for the core', () => {
    expect(
      breaches(({ path, imports }) =>
        path.startsWith('triggers/')
          ? imports.filter((name) => !/^(src\/core|triggers)\/|^node:|^aws-lambda$|^aws4$/.test(name))
          : [],
      ),
    ).toEqual([])
  })

  it('let what apps import stand alone: no package but React for its form, and jose for tokens', () => {
    const allowed: Record<string, string> = { 'app/react.ts': 'react', 'app/verify.ts': 'jose' }
    expect(
      breaches(({ path, imports }) =>
        path.startsWith('app/')
          ? imports.filter((name) => !name.startsWith('app/') && name !== allowed[path])
          : path.startsWith('page/')
            ? []
            : imports.filter((name) => name.startsWith('app/')),
      ),
    ).toEqual([])
  })

  it('keep the core pure: no module of Node but its cryptography, and the number plans in one folder', () => {
    const plans = 'src/core/phone/'
    expect(
      breaches(({ path, text, imports }) => {
        if (!path.startsWith('src/core/')) return []
        const foreign = imports.filter((name) => !name.startsWith('src/core/') && name !== 'node:crypto')
        const impure = [...text.matchAll(/\b(?:Date\.now|new Date\(\)|process\.|fetch\(|setTimeout)/g)]
        const allowed = path.startsWith(plans) ? /^libphonenumber-js/ : /^$/
        return [...foreign.filter((name) => !allowed.test(name)), ...impure.map((match) => match[0])]
      }),
    ).toEqual([])
  })

  it('keep the sandbox a neighbour: it imports nothing of the rest', () => {
    expect(
      breaches(({ path, imports }) =>
        path.startsWith('src/sandbox/')
          ? imports.filter((name) => ours(name) && !name.startsWith('src/sandbox/'))
          : [],
      ),
    ).toEqual([])
  })

  it('keep the services of the sandbox apart: what they provide to one another is tied in one file', () => {
    const shared = ['src/sandbox/account', 'src/sandbox/protocol']
    const room = (path: string) => /^src\/sandbox\/[^/]+(?=\/)/.exec(path)?.[0]
    expect(
      breaches(({ path, imports }) => {
        const own = room(path)
        if (!own || own === 'src/sandbox/door' || shared.includes(own)) return []
        return imports.filter(
          (name) => ours(name) && room(name) !== own && !shared.includes(room(name) ?? ''),
        )
      }),
    ).toEqual([])
  })

  it('let only commands, the demo, the page and the programmatic API know the sandbox', () => {
    expect(
      breaches(({ path, imports }) =>
        /^(page|src\/(commands|demo|dev|sandbox))\/|^src\/api\/(start-)?sandbox\.ts$/.test(path)
          ? []
          : imports.filter((name) => name.startsWith('src/sandbox/')),
      ),
    ).toEqual([])
  })

  it('let only the lists of providers know one', () => {
    const lists = ['src/core/messaging/providers.ts', 'src/stage/providers.ts']
    const own = /^src\/(messaging\/sendzen\/|core\/messaging\/sendzen\.ts$)/
    expect(
      breaches(({ path, imports }) =>
        own.test(path) || lists.includes(path) ? [] : imports.filter((name) => own.test(name)),
      ),
    ).toEqual([])
  })

  it('keep kinds of resources apart: one imports of another only its own parts, its whole, or the record', () => {
    const kinds = new Set([
      ...['table', 'role', 'function', 'permission', 'log-group', 'user-pool'],
      ...['master-key', 'provider-key', 'findings', 'secrets', 'alarms'],
    ])
    const shared = new Set(['parameter', 'former-secrets', 'stage-record', 'function-statements'])
    const nameOf = (path: string) => path.slice('src/resources/'.length, -'.ts'.length)
    const family = (path: string) =>
      [...kinds].filter((kind) => new RegExp(`^${kind}([-/]|$)`).test(nameOf(path)))[0]
    expect(
      breaches(({ path, imports }) =>
        path.startsWith('src/resources/')
          ? imports.filter(
              (name) =>
                name.startsWith('src/resources/') &&
                !shared.has(nameOf(name)) &&
                family(name) !== family(path),
            )
          : [],
      ),
    ).toEqual([])
  })

  it('ask through one door', () => {
    expect(
      breaches(({ path, imports }) =>
        path === 'src/terminal/questions.ts' ? [] : imports.filter((name) => name.startsWith('@inquirer/')),
      ),
    ).toEqual([])
  })

  it('print only in the terminal room, at the program’s own edge, and in the functions’ log', () => {
    const edges = [
      'src/cli/main.ts',
      'src/live/echo/handler.ts',
      'triggers/outside/log.ts',
      'src/sandbox/lambda/function-host.js',
    ]
    expect(
      breaches(({ path, text }) =>
        path.startsWith('src/terminal/') || edges.includes(path)
          ? []
          : [...text.matchAll(/console\.\w+\(|process\.std(?:out|err)/g)].map((match) => match[0]),
      ),
    ).toEqual([])
  })

  it('let commands load the SDK only once something is on the screen', () => {
    const loadsOf = new Map(sources.map(({ path, loads }) => [path, loads]))
    const reached = (from: string) => {
      const seen = new Set([from])
      for (const path of seen) for (const name of loadsOf.get(path) ?? []) seen.add(name)
      return seen
    }
    expect(reached('src/stage/stage.ts')).toContain('@aws-sdk/client-lambda')
    expect(
      breaches(({ path }) =>
        /^src\/(cli\/main|commands\/[^/]+)\.ts$/.test(path)
          ? [...reached(path)].filter((name) => name.startsWith('@aws-sdk/client-'))
          : [],
      ),
    ).toEqual([])
  })

  it('build SDK clients in one file', () => {
    expect(
      breaches(({ path, text }) =>
        path === 'src/aws/clients.ts'
          ? []
          : [
              ...text.matchAll(
                /new (?:IAM|Lambda|CognitoIdentityProvider|SSM|STS|CloudWatch|CloudWatchLogs|DynamoDB|SNS|SQS)Client\(/g,
              ),
            ].map((match) => match[0]),
      ),
    ).toEqual([])
  })

  it('say in the first line what a file is for', () => {
    expect(
      breaches(({ text }) => (/^(#!.*\n)?\/\/ \S/.test(text) ? [] : ['no comment in the first line'])),
    ).toEqual([])
  })

  it('keep files short, and commands shorter', () => {
    expect(
      breaches(({ path, text }) => {
        const lines = text.split('\n').length
        const most = /^src\/commands\//.test(path) ? 65 : 260
        return lines > most ? [`${lines} lines`] : []
      }),
    ).toEqual([])
  })

  it('keep folders small enough to see', () => {
    const counts = new Map<string, number>()
    for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
    expect([...counts].filter(([, count]) => count > 22)).toEqual([])
  })
})
