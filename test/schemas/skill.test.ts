// What assistants are told: every command, flag, exit code, setting and file in it exists.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { commandTable } from '../../src/cli/command-table.ts'
import { exitCodes } from '../../src/errors.ts'
import type { Table } from '../../src/terminal/completion-script.ts'

const root = join(import.meta.dirname, '../..')
const skill = 'skills/whatsapp-otp/SKILL.md'
const texts = [skill, 'llms.txt'].map((path) => [path, readFileSync(join(root, path), 'utf8')] as const)

let table: Table
beforeAll(async () => {
  table = await commandTable()
})

/** What stands in `code`, whole lines and single words. */
const codeIn = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

const commandOf = (name: string) => table.commands.find((one) => one.name === name)

describe.each(texts)('%s', (path, text) => {
  it('runs commands with actions and flags that they have', () => {
    const lines = codeIn(text).flatMap((code) => /^(?:npx )?whatsapp-otp (.+)$/.exec(code)?.[1] ?? [])
    expect(lines.length).toBeGreaterThan(7)
    for (const line of lines.filter((one) => !/^[-<]/.test(one))) {
      const [name = '', ...words] = line.split(' ')
      const command = commandOf(name)
      expect(command, line).toBeDefined()
      const flags = [...table.globals, ...(command?.flags ?? [])].flatMap(({ names }) => names)
      for (const word of words.filter((one) => one.startsWith('-'))) expect(flags, line).toContain(word)
      if (command!.words.length > 0) expect(command!.words, line).toContain(words[0])
    }
  })

  it('names flags and commands that exist, wherever it names one alone', () => {
    const known = [...table.globals, ...table.commands.flatMap(({ flags }) => flags)].flatMap(
      ({ names }) => names,
    )
    for (const code of codeIn(text)) {
      if (/^(?:npx |whatsapp-otp )/.test(code)) continue
      for (const word of code.split(' ').filter((one) => /^--?[a-z]/.test(one)))
        expect(known, code).toContain(word)
      const [name = '', action] = code.split(' ')
      if (action && /^[a-z][a-z-]+ [a-z-]+$/.test(`${name} ${action}`)) {
        expect(commandOf(name)?.words.length ? commandOf(name)?.words : [action], code).toContain(action)
        expect(commandOf(name), code).toBeDefined()
      }
    }
  })

  it('leads to files that exist, and that the package has', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => join(dirname(path), link))
    const named = codeIn(text).filter((code) => /^(docs|schemas)\/[\w.-]+$/.test(code))
    const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] }
    for (const file of [...links, ...named]) {
      expect(existsSync(join(root, file)), file).toBe(true)
      expect(files, file).toContain(file.split(/[\\/]/)[0])
    }
    expect(files).toContain(path.split('/')[0])
  })

  it('knows the exit codes', () => {
    const told = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
    const inline = [...(/Exit codes: (.*)$/m.exec(text)?.[1]?.matchAll(/\b(\d+) [a-z]/g) ?? [])]
    const codes = told.length > 0 ? told : inline.map(([, code]) => Number(code))
    expect(codes).toEqual(Object.values(exitCodes))
  })
})

it('the skill has a name and says when to use it, within what assistants read', () => {
  const [, front = ''] = /^---\n([\s\S]+?)\n---\n/.exec(texts[0]![1]) ?? []
  const { name, description } = parse(front) as { name: string; description: string }
  expect(name).toBe('whatsapp-otp')
  expect(description).toMatch(/Use when/)
  expect(description.length).toBeLessThanOrEqual(1024)
})
