// The list of profiles in whatever width there is.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { targetOf } from '../../src/settings/sources.ts'
import type { Choice, Prompts } from '../../src/terminal/prompt.ts'
import { askProfile } from '../../src/wizard/ask-place.ts'
import { outputInMemory } from '../terminal/streams.ts'

const folder = mkdtempSync(join(tmpdir(), 'whatsapp-otp-profiles-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(
  join(folder, 'config'),
  `[default]
region = eu-west-1
credential_process = /bin/keys --secret s3cret
[profile corp]
sso_start_url = https://corp.example/start
sso_account_id = 111122223333
sso_role_name = AdministratorAccess
`,
)

/** The list as it is offered; `corp` is picked. */
async function offered(columns: number, before = {}) {
  const env = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') }
  const sources = { flags: {}, env, processEnv: env, file: {}, trusted: new Set<string>() }
  let choices: Choice<unknown>[] = []
  let preset: unknown
  const prompts = {
    interactive: true,
    async select(question: { choices: Choice<unknown>[]; default?: unknown }) {
      choices = question.choices
      preset = question.default
      return 'corp'
    },
  } as Prompts
  const { output } = outputInMemory({ isTTY: true, columns })
  const target = await askProfile({ target: targetOf(sources), sources, output }, prompts, before)
  return { target, preset, rows: choices.map(({ name, description }) => [name, description]) }
}

it('shows in each row where its credentials come from, and none of them', async () => {
  const { target, rows, preset } = await offered(100)
  expect(target.profile).toBe('corp')
  expect(preset).toBe('default')
  expect(rows).toEqual([
    ['default  eu-west-1 · a command', undefined],
    ['corp     account 111122223333 · SSO AdministratorAccess', undefined],
  ])
})

it('shows below the list what does not fit into a row', async () => {
  expect((await offered(50)).rows[1]).toEqual(['corp', 'account 111122223333 · SSO AdministratorAccess'])
})

it('begins at the one that was picked before, where it still is one', async () => {
  expect((await offered(100, { profile: 'corp' })).preset).toBe('corp')
  expect((await offered(100, { profile: 'gone' })).preset).toBe('default')
})
