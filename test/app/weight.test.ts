// What a page carries: each entry as a bundler makes it, minified and gzipped, and nothing that it has not asked for.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import * as texts from '../../app/texts/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

async function bundle(text: string): Promise<{ bytes: number; code: string; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: text, resolveDir: root, loader: 'ts' },
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', platform: 'browser' },
    external: ['react'],
    metafile: true,
    write: false,
  })
  const [{ contents, text: code }] = outputFiles as [(typeof outputFiles)[0]]
  return { bytes: gzipSync(contents, { level: 9 }).length, code, inputs: Object.keys(metafile.inputs) }
}

const client = `export { createClient } from './app/index.ts'; export { DE } from './app/countries.ts'`

it('is 4 kB at most for the client, and 3 kB more for React', async () => {
  const alone = await bundle(client)
  const withReact = await bundle(`${client}; export * from './app/react.ts'`)
  process.stdout.write(`client: ${alone.bytes} bytes, React: ${withReact.bytes - alone.bytes} more\n`)
  expect(alone.bytes).toBeLessThanOrEqual(4096)
  expect(withReact.bytes - alone.bytes).toBeLessThanOrEqual(3072)
})

it('has no country and no language that was not asked for, and no package at all', async () => {
  const { code, inputs } = await bundle(client)
  expect(code).not.toContain('0011')
  expect(code).not.toContain('WhatsApp')
  expect(inputs.filter((path) => !/^(app\/|<stdin>)/.test(path))).toEqual([])
})

it('has ten languages at least, each whole', () => {
  const { texts: all } = texts
  expect(Object.keys(all).length).toBeGreaterThanOrEqual(10)
  for (const [language, words] of Object.entries(all)) {
    expect(Object.keys(words).sort(), language).toEqual(Object.keys(texts.en).sort())
    for (const text of Object.values(words)) expect(text.trim()).not.toBe('')
    expect(words.wait).toContain('{seconds}')
  }
})
