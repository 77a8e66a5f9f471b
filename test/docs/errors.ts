// docs/errors.md, made of what the source can throw.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'vite'
import { providers } from '../../src/core/messaging/providers.ts'
import { exitCodes } from '../../src/errors.ts'
import { plain, row } from './table.ts'

const root = join(import.meta.dirname, '../../src')

/** As much of a syntax tree as is looked at. */
interface Node {
  type: string
  [member: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit)
  }
}

const nameOf = (node: unknown) => (isNode(node) && node.type === 'Identifier' ? String(node.name) : '')

/** What the constants of a file are, by their names; one that is named twice may be either. */
type Constants = Map<string, Node>

function constantsOf(program: Node): Constants {
  const found: Constants = new Map()
  walk(program, ({ type, id, init }) => {
    if (type === 'VariableDeclarator' && isNode(init) && nameOf(id)) found.set(nameOf(id), init)
  })
  return found
}

const isText = (node: unknown) => isNode(node) && ['Literal', 'TemplateLiteral'].includes(node.type)

/** The texts that an expression can be; what only the run knows is «…». */
function textsOf(node: unknown, constants: Constants): string[] {
  if (!isNode(node)) return []
  const known = constants.get(nameOf(node.type === 'MemberExpression' ? node.object : node))
  if (known && isText(known)) return textsOf(known, constants)
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : []
  if (node.type === 'TSAsExpression') return textsOf(node.expression, constants)
  // As in `codeOf[kind]`: any of them.
  if (node.type === 'MemberExpression' && known?.type === 'TSAsExpression') return textsOf(known, constants)
  if (node.type === 'ObjectExpression')
    return (node.properties as Node[]).flatMap(({ value }) => textsOf(value, constants))
  if (node.type === 'ConditionalExpression')
    return [node.consequent, node.alternate].flatMap((one) => textsOf(one, constants))
  if (node.type === 'ArrayExpression')
    return (node.elements as unknown[]).flatMap((one) => textsOf(one, constants))
  if (node.type !== 'TemplateLiteral') return ['…']
  return [(node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')]
}

export interface Thrown {
  code: string
  says: Set<string>
  /** What to do next. */
  next: Set<string>
  exit: number
}

/** A member of an object literal. */
function memberOf(object: unknown, name: string): unknown {
  const properties = isNode(object) ? ((object.properties ?? []) as Node[]) : []
  return properties.find((one) => nameOf(one.key) === name)?.value
}

/** As in `exitCode: exitCodes.usage`. */
function exitOf(options: unknown): number | undefined {
  const value = memberOf(options, 'exitCode')
  return exitCodes[nameOf(isNode(value) && value.property) as keyof typeof exitCodes]
}

/** `…_KEY_MISSING` is one code for each provider. */
const codesOf = (text: string) =>
  Object.values(providers).map(({ name }) => text.replace('…', name.toUpperCase()))

/** What makes one, and at which argument its code stands. */
const makers: Record<string, number> = {
  'NewExpression AppError': 0,
  'NewExpression ProviderError': 1,
  'CallExpression usageError': 0,
}

/** Of one file: each AppError that it makes under a code of its own. */
function thrownIn(path: string): Thrown[] {
  const found: Thrown[] = []
  const program = parseSync(path, readFileSync(path, 'utf8')).program as unknown as Node
  const constants = constantsOf(program)
  const texts = (node: unknown) => new Set(textsOf(node, constants).filter((text) => /[^… ]/.test(text)))
  walk(program, (node) => {
    const { type, callee, arguments: given } = node
    // What stands in the way of borrowing a pool is told as an error under the code that it bears.
    if (type === 'ObjectExpression' && memberOf(node, 'code') && memberOf(node, 'what')) {
      const [says, next] = ['what', 'next'].map((name) => texts(memberOf(node, name)))
      for (const code of texts(memberOf(node, 'code'))) {
        found.push({ code, says: says!, next: next!, exit: exitCodes.failed })
      }
    }
    const maker = makers[`${type} ${nameOf(callee)}`]
    if (maker === undefined) return
    const [code, says, options] = ((given ?? []) as unknown[]).slice(maker)
    const isUsage = type === 'CallExpression'
    const exit = isUsage ? exitCodes.usage : (exitOf(options) ?? exitCodes.failed)
    const next = texts(memberOf(options, 'next'))
    for (const one of [...texts(code)].flatMap(codesOf)) {
      found.push({ code: one, says: texts(says), next, exit })
    }
  })
  return found
}

/** Every code with all that it can say, by name. */
export function thrown(): Thrown[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/^(sandbox|live)\b/.test(name))
    .sort()
  const all = new Map<string, Thrown>()
  for (const one of files.flatMap((name) => thrownIn(join(root, name)))) {
    const { says, next } = all.get(one.code) ?? one
    for (const text of one.says) says.add(text)
    for (const text of one.next) next.add(text)
    all.set(one.code, { ...one, says, next })
  }
  return [...all.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** What follows a command on the screen stands apart from it by spaces. */
const cell = (text: string) => plain(text).replace(/ {2,}/g, ': ')

export function errorsPage(): string {
  const rows = thrown().map(({ code, says, next, exit }) =>
    row([`\`${code}\``, ...[says, next].map((texts) => [...texts].map(cell).join('<br>')), String(exit)]),
  )
  return `# Errors

An error is four lines at most: what failed, why, the next command, where to see more. With \`--json\` it is \`{ "error": { "code", "message", "why", "next" } }\`, to a program an \`AppError\` with the same members. Codes stay; sentences may change. «…» is what only the run knows. What the app gets is another matter: [\`status\`](challenge.md), and [the codes of the client](front-end.md#errors).

| Code | Says | Next | [Exit](commands.md#exit-codes) |
|---|---|---|---|
${rows.join('\n')}
`
}
