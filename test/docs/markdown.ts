// The pages that people read, and what stands in them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** Paths from the root: the pages of docs/, and what else is Markdown and for everybody. */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'examples')).map((name) => `examples/${name}/README.md`),
  'test/peers/README.md',
]

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Without blocks of code, which are nobody's links and headings. */
const prose = (text: string) => text.replace(/^ *```.*?^ *```$/gms, '')

/** The name that GitHub and the site give a heading. */
const slug = (heading: string) =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')

const anchorsOf = (text: string) =>
  [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, name = '']) => slug(name))

/** The addresses of a page's links and pictures: those within this project. */
export function linksOf(page: string): string[] {
  const text = prose(read(page))
  const found = [...text.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g)]
  return found.map(([, link, attribute]) => link ?? attribute ?? '').filter((link) => !/^[a-z]+:/.test(link))
}

/** Why a link of this page leads nowhere; undefined where it does lead somewhere. */
export function brokenLink(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return `${link}: there is no ${target}`
  if (anchor === undefined || anchorsOf(read(target)).includes(anchor)) return undefined
  return `${link}: ${target} has no such heading`
}

/** The blocks of code of some languages, without the indentation of a list. */
export function blocksOf(page: string, languages: readonly string[]): string[] {
  return [...read(page).matchAll(/^( *)```(\w+)\n(.*?)^ *```$/gms)]
    .filter(([, , language = '']) => languages.includes(language))
    .map(([, indent = '', , code = '']) => code.replace(new RegExp(`^${indent}`, 'gm'), ''))
}

/** Shell commands: the lines of `sh` blocks, joined where they go on, and what stands in backticks. */
export function commandsOf(page: string): string[] {
  const lines = blocksOf(page, ['sh', 'yaml'])
    .flatMap((code) => code.replace(/\\\n/g, ' ').split('\n'))
    .flatMap((line) => line.replace(/ #.*$/, '').split(/&&|\|\||\||;|"/))
  const inline = [...prose(read(page)).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return [...lines, ...inline.flatMap((code) => code.split('"'))].map((line) => line.trim())
}
