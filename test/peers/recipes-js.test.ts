// docs/recipes.md: Amplify and the AWS SDK as it has them, word for word, against the sandbox.
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { root, run, temporaryFolder } from './program.ts'
import { recipeOf } from './recipes.ts'
import { deployIntoSandbox, type SandboxStage, wrongCode } from './sandbox-stage.ts'
import { toolIn } from './tool.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stage: SandboxStage
let phones = 0
const newPhone = () => `+1555030${1000 + phones++}`
const codeFor = (phone: string) => stage.codes(phone).at(-1)!

beforeAll(async () => {
  ;[folder, stage] = await Promise.all([temporaryFolder(), deployIntoSandbox()])
  const modules = join(folder.path, 'node_modules')
  await mkdir(join(modules, '@aws-sdk'), { recursive: true })
  await symlink(join(root, 'test/peers/node_modules/aws-amplify'), join(modules, 'aws-amplify'))
  const sdk = '@aws-sdk/client-cognito-identity-provider'
  await symlink(join(root, 'node_modules', sdk), join(modules, sdk))
})
afterAll(async () => {
  await stage?.close()
  await folder?.remove()
})

/** The module of a section, type-checked as strictly as an app may, and loaded; `before` is what the reader has. */
async function moduleOf(section: string, before: string) {
  const name = section.toLowerCase().replaceAll(' ', '-')
  const file = join(folder.path, `${name}.ts`)
  await writeFile(file, `${before}${await recipeOf(section)}`)
  const options = ['--strict', '--noEmit', '--target', 'ES2023', '--lib', 'ES2023,DOM', '--module', 'ESNext']
  const more = ['--moduleResolution', 'bundler', '--resolveJsonModule', '--skipLibCheck', '--types', '']
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...more, file]
  expect((await run(process.execPath, tsc, { env: {}, cwd: folder.path })).stdout).toBe('')
  const outfile = join(folder.path, `${name}.mjs`)
  await build({ entryPoints: [file], outfile, bundle: true, format: 'esm', platform: 'browser' })
  return import(outfile)
}

describe('the recipe for', () => {
  it('Amplify JS signs up and in: over a wrong code, with the same code again', async () => {
    const written = await toolIn({ ...stage.start, cwd: folder.path })(
      'outputs --stage peer --format amplify --write amplify.json',
    )
    expect(written.status, written.stderr).toBe(0)
    const kept = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    })
    const amplify = await moduleOf('Amplify JS v6', '')
    const phone = newPhone()
    const asked = await amplify.start(phone)
    expect(asked.nextStep.additionalInfo).toMatchObject({ status: 'sent', codeLength: '6' })
    const wrong = await amplify.answer(wrongCode(codeFor(phone)))
    expect(wrong.nextStep.additionalInfo).toMatchObject({ status: 'wrong', attemptsLeft: '2' })
    stage.sandbox.clock.advance(61_000)
    expect((await amplify.resend()).nextStep.additionalInfo).toMatchObject({ status: 'sent' })
    expect(stage.codes(phone)).toEqual([codeFor(phone), codeFor(phone)])
    expect(await amplify.answer(codeFor(phone))).toMatchObject({ isSignedIn: true })
    expect([...kept.values()]).toEqual([expect.stringMatching(/^[\w+/=-]{22,200}$/)])
  })

  it('the AWS SDK does the same', async () => {
    const { loginClientId, signupClientId } = stage.ids
    const { region, endpoint } = stage.sandbox
    const own = { region, endpoint, loginClientId, signupClientId, device: 'd'.repeat(24) }
    const before = Object.entries(own).map(([name, value]) => `const ${name} = ${JSON.stringify(value)}\n`)
    const sdk = await moduleOf('AWS SDK for JavaScript v3', before.join(''))
    const phone = newPhone()
    await sdk.start(phone)
    stage.sandbox.clock.advance(61_000)
    const wrong = await sdk.answer(await sdk.start(phone), wrongCode(codeFor(phone)))
    expect(wrong.ChallengeParameters.status).toBe('wrong')
    stage.sandbox.clock.advance(61_000)
    const done = await sdk.answer(await sdk.resend(wrong), codeFor(phone))
    expect(done.AuthenticationResult.IdToken).toMatch(/^ey/)
  })
})
