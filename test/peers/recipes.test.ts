// docs/recipes.md, word for word, against the sandbox: what it has in languages that can be had here is run, the rest is
// held to the same words on the wire.
import { execFile } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { root, run, temporaryFolder } from './program.ts'
import { deployIntoSandbox, type SandboxStage, wrongCode } from './sandbox-stage.ts'
import { toolIn } from './tool.ts'

const start = promisify(execFile)
let page = ''
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stage: SandboxStage
let phones = 0
const newPhone = () => `+1555030${1000 + phones++}`
const codeFor = (phone: string) => stage.codes(phone).at(-1)!

beforeAll(async () => {
  page = await readFile(join(root, 'docs/recipes.md'), 'utf8')
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

/** The last block of the section. */
function blockOf(section: string): string {
  const text = page.split(/^##+ /m).find((one) => one.startsWith(`${section}\n`)) ?? ''
  const code = [...text.matchAll(/^```\w+\n(.*?)^```$/gms)].at(-1)?.[1]
  if (!code) throw new Error(`The page has nothing for ${section}`)
  return code
}

/** The module of a section, type-checked as strictly as an app may, and loaded; `before` is what the reader has. */
async function moduleOf(section: string, before: string) {
  const name = section.toLowerCase().replaceAll(' ', '-')
  const file = join(folder.path, `${name}.ts`)
  await writeFile(file, `${before}${blockOf(section)}`)
  const options = ['--strict', '--noEmit', '--target', 'ES2023', '--lib', 'ES2023,DOM', '--module', 'ESNext']
  const more = ['--moduleResolution', 'bundler', '--resolveJsonModule', '--skipLibCheck', '--types', '']
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...more, file]
  expect((await run(process.execPath, tsc, { env: {}, cwd: folder.path })).stdout).toBe('')
  const outfile = join(folder.path, `${name}.mjs`)
  await build({ entryPoints: [file], outfile, bundle: true, format: 'esm', platform: 'browser' })
  return import(outfile)
}

describe('in JavaScript', () => {
  it('Amplify signs up and in: over a wrong code, with the same code again', async () => {
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

  it('the AWS SDK does', async () => {
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

it('in Python', async () => {
  const phone = newPhone()
  const inbox = `${stage.sandbox.endpoint}/inbox?to=${encodeURIComponent(phone)}`
  const program = `${blockOf('Python')}
otp = Otp("${stage.sandbox.endpoint}", "${stage.ids.signupClientId}")
otp.sign_up("${phone}")
otp.sign_up("${phone}")
challenge = otp.start("${phone}")
challenge = otp.answer(challenge, "000000")
print(challenge["ChallengeParameters"]["status"])
code = json.loads(urllib.request.urlopen("${inbox}").read())["messages"][-1]["code"]
print(len(otp.answer(challenge, code)["AuthenticationResult"]["IdToken"]) > 100)
try:
    otp.answer({"Session": "x" * 40, "ChallengeParameters": {"USERNAME": "${phone}"}}, "1")
except RuntimeError as error:
    print(error)
`
  const file = join(folder.path, 'recipe.py')
  await writeFile(file, program)
  const { stdout } = await start('python3', [file], { env: { PATH: process.env.PATH ?? '' } })
  expect(stdout.split('\n').slice(0, 2)).toEqual(['wrong', 'True'])
  expect(stdout).toContain('NotAuthorizedException')
})

it('in Go', async () => {
  const phone = newPhone()
  const { endpoint } = stage.sandbox
  const program = `package main

import ("bytes"; "encoding/json"; "errors"; "fmt"; "net/http"; "os"; "time")

${blockOf('Go')}
func main() {
	endpoint, client, device := ${JSON.stringify(endpoint)}, ${JSON.stringify(stage.ids.signupClientId)}, "${'d'.repeat(24)}"
	_, failure := call(endpoint, "SignUp", map[string]string{"ClientId": client, "Username": os.Args[1], "Password": "Aa1!" + device + device})
	fmt.Println(failure)
	now, failure := start(endpoint, client, os.Args[1])
	fmt.Println(now.ChallengeParameters["status"], failure)
	now, failure = answer(endpoint, client, device, "000000", now)
	fmt.Println(now.ChallengeParameters["status"], failure)
	inbox, failure := http.Get(endpoint + "/inbox?to=%2B" + os.Args[1][1:])
	var list struct{ Messages []struct{ Code string } }
	json.NewDecoder(inbox.Body).Decode(&list)
	last := list.Messages[len(list.Messages)-1].Code
	done, failure := answer(endpoint, client, device, last, now)
	fmt.Println(len(done.AuthenticationResult.IdToken) > 100, failure)
	_, failure = answer(endpoint, client, device, last, now)
	fmt.Println(failure)
}
`
  await writeFile(join(folder.path, 'recipe.go'), program)
  const env = { ...process.env, GO111MODULE: 'off', GOFLAGS: '', CGO_ENABLED: '0' }
  const { stdout } = await start('go', ['run', join(folder.path, 'recipe.go'), phone], { env })
  expect(stdout.trim().split('\n')).toEqual([
    '<nil>',
    'sent <nil>',
    'wrong <nil>',
    'true <nil>',
    'NotAuthorizedException',
  ])
}, 240_000)

/** As the two above have them, which Cognito has understood. */
const words = [
  ...['RespondToAuthChallenge', 'ChallengeName', 'CUSTOM_CHALLENGE', 'Session', 'ChallengeResponses'],
  ...['USERNAME', 'ChallengeParameters', 'USERNAME', 'ANSWER', 'ClientMetadata', 'device'],
]
const around = [
  'application/x-amz-json-1.1',
  'X-Amz-Target',
  'AWSCognitoIdentityProviderService.',
  'ClientId',
  '__type',
]

it.each(['Python', 'Go', 'Swift', 'Kotlin', 'Flutter', 'C#'])(
  'in %s with the same words on the wire',
  (language) => {
    const code = blockOf(language)
    const found =
      code.slice(code.indexOf('RespondToAuthChallenge')).match(new RegExp(words.join('|'), 'g')) ?? []
    const once = found.filter((word, at) => word !== found[at - 1])
    expect(once.slice(0, words.length)).toEqual(words)
    for (const word of around) expect(code).toContain(word)
    const literals = [...code.matchAll(/(["'])([A-Z][A-Za-z_]{3,})\1/g)].map(([, , literal]) => literal!)
    const known = [
      ...words,
      'ClientId',
      'InitiateAuth',
      'AuthFlow',
      'CUSTOM_AUTH',
      'AuthParameters',
      'SignUp',
      'POST',
    ]
    expect(literals.filter((one) => !known.includes(one) && !one.endsWith('Exception'))).toEqual([])
  },
)
