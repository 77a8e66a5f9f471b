// One word for one thing, in what the program says of itself: help, settings, errors and the names of its documents.
import { expect, it } from 'vitest'
import { commands, globalOptions } from '../../src/cli/catalogue.ts'
import { configFileSchema, documentSchemas } from '../../src/documents/json-schema.ts'
import type { Setting } from '../../src/settings/rows.ts'
import { schema } from '../../src/settings/schema.ts'
import { thrown } from '../docs/errors.ts'

/** What is not said, and what is said instead. */
const instead: Record<string, RegExp> = {
  code: /\b(OTP code|one-time password|verification code|passcode|PIN code)\b/i,
  'sign in': /\b(log in|logging in|logon|sign on|signin)\b/i,
  'sign up': /\b(register|registration|signup)\b(?!-)/i,
  email: /\be-mail/i,
  number: /\b(mobile|cell ?phone|telephone)\b/i,
  stage: /\benvironment name\b|\btarget environment\b/i,
  message: /\b(whatsapp text|notification)\b/i,
  'destroy, remove': /\b(undeploy|tear down|uninstall)\b/i,
  'allowed, refused': /\b(white|black)list/i,
}

async function said(): Promise<[where: string, text: string][]> {
  const specs = await Promise.all(
    [...commands].map(async ([name, entry]) => ({ name, entry, spec: (await entry.load()).command })),
  )
  return [
    ...globalOptions.map(([flag, help]): [string, string] => [flag, help]),
    ...specs.flatMap(({ name, entry, spec }): [string, string][] => [
      [name, entry.summary],
      [name, spec.description],
      ...(spec.options ?? []).map(([flag, help]): [string, string] => [`${name} ${flag}`, help]),
      ...spec.examples.map(([line, what]): [string, string] => [line, what]),
    ]),
    ...Object.entries(schema).map(([key, row]): [string, string] => [key, (row as Setting<unknown>).help]),
    ...thrown().flatMap(({ code, says, next }) =>
      [...says, ...next].map((text): [string, string] => [code, text]),
    ),
  ]
}

it('has one word for one thing', async () => {
  const texts = await said()
  expect(texts.length).toBeGreaterThan(300)
  const wrong = texts.flatMap(([where, text]) =>
    Object.entries(instead)
      .filter(([, form]) => form.test(text))
      .map(([word, form]) => `${where}: «${form.exec(text)?.[0]}» is «${word}» here`),
  )
  expect(wrong).toEqual([])
})

/** Every name of a member in a JSON Schema. */
function membersOf(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return []
  const { properties = {} } = json as { properties?: object }
  return [...Object.keys(properties), ...Object.values(json).flatMap(membersOf)]
}

it('names members of documents and settings alike: in camel case, and by the same words', () => {
  const names = new Set([
    ...membersOf(configFileSchema()),
    ...Object.values(documentSchemas()).flatMap(membersOf),
  ])
  // AWS names its own, and the two app clients are called so since the first version.
  const others = new Set(['Version', 'Statement', 'Effect', '$schema', 'env'])
  const ours = [...names].filter((name) => !others.has(name))
  expect(ours.length).toBeGreaterThan(150)
  expect(ours.filter((name) => !/^[a-z][A-Za-z0-9]*$/.test(name))).toEqual([])
  expect(
    ours.filter((name) => /otpCode|pinCode|[mM]obile|eMail|[tT]elephone|[lL]ogon|[mM]sisdn/.test(name)),
  ).toEqual([])
})
