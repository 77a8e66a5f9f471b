// The published schemas: made of the program's own tables (`npm run docs` makes them anew), and true.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../src/cli/catalogue.ts'
import { configFileSchema, documentSchemas, errorSchema } from '../../src/documents/json-schema.ts'
import { parseConfigFile } from '../../src/settings/config-file.ts'
import { resolveSettings } from '../../src/settings/resolve.ts'
import { isSecret, settingKeys } from '../../src/settings/schema.ts'
import { thrown } from '../docs/errors.ts'
import { complaintsAbout, validatorOf } from './documented.ts'

const folder = join(import.meta.dirname, '../../schemas')
const codes = thrown().map(({ code, exit }) => ({ code, exit }))

const schemas: Record<string, unknown> = {
  'whatsapp-otp': configFileSchema(),
  error: errorSchema(codes.map(({ code }) => code)),
  ...documentSchemas(),
}

it.each(Object.entries(schemas))('schemas/%s.json says what the program knows', async (name, schema) => {
  const text = `${JSON.stringify(schema, null, 2)}\n`
  await expect(text).toMatchFileSnapshot(join(folder, `${name}.json`))
})

it.each(Object.keys(schemas))('schemas/%s.json is a sound schema', (name) => {
  expect(validatorOf(name)).toBeTypeOf('function')
})

it('schemas/error-codes.json lists every code with its exit code', async () => {
  await expect(`${JSON.stringify(codes, null, 2)}\n`).toMatchFileSnapshot(join(folder, 'error-codes.json'))
})

it('there is one for every command, and none besides', () => {
  const names = readdirSync(folder).map((name) => name.replace(/\.json$/, ''))
  const others = ['error', 'error-codes', 'whatsapp-otp']
  expect(names.sort()).toEqual([...commands.keys(), ...others].sort())
})

describe('whatsapp-otp.json', () => {
  const sound = {
    $schema: './node_modules/whatsapp-otp/schemas/whatsapp-otp.json',
    region: 'eu-central-1',
    whatsappFrom: '4930123456',
    allowedCountries: ['DE', 'AT'],
    stages: { prod: { otpLength: 8, logLevel: 'WARN', deletionProtection: true, account: '123456789012' } },
  }

  it('is taken as its schema has it', () => {
    expect(complaintsAbout('whatsapp-otp', sound)).toEqual([])
    expect(parseConfigFile(JSON.stringify(sound))).toEqual(sound)
  })

  it.each([
    ['an unknown key', { otpLenght: 8 }],
    ['a secret', { sendzenApiKey: 'sz_1' }],
    ['a number out of bounds', { stages: { prod: { otpLength: 99 } } }],
    ['a word that is none of the list', { logLevel: 'LOUD' }],
  ])('is refused by its schema and by the program with %s', (_, file) => {
    expect(complaintsAbout('whatsapp-otp', file)).toHaveLength(1)
    const play = () => {
      const parsed = parseConfigFile(JSON.stringify(file))
      resolveSettings({ flags: {}, env: {}, processEnv: {}, file: parsed, trusted: new Set() }, 'prod')
    }
    expect(play).toThrow()
  })

  it('has every setting but secrets, with a type, and with its default where it has one', () => {
    const { properties } = JSON.parse(readFileSync(join(folder, 'whatsapp-otp.json'), 'utf8'))
    for (const key of settingKeys) {
      if (isSecret(key)) expect(properties).not.toHaveProperty(key)
      else {
        expect(properties[key].type ?? properties[key].anyOf, key).toBeDefined()
        const { default: preset } = properties[key]
        if (preset !== undefined) expect(complaintsAbout('whatsapp-otp', { [key]: preset })).toEqual([])
      }
    }
  })
})

it('a member that no schema has is noticed', () => {
  const document = { schemaVersion: 1, command: 'rotate-key', stage: 'dev', changed: true }
  expect(complaintsAbout('rotate-key', document)).toEqual([])
  expect(complaintsAbout('rotate-key', { ...document, more: 1 })).toHaveLength(1)
  expect(
    complaintsAbout('error', { schemaVersion: 1, error: { code: 'X', message: '', next: [] } }),
  ).toHaveLength(1)
})
