// docs/recipes.md: nothing but the calls, word for word, against the sandbox. What can be run here is run; the rest is
// held to the same words on the wire.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { temporaryFolder } from './program.ts'
import { recipeOf } from './recipes.ts'
import { deployIntoSandbox, type SandboxStage } from './sandbox-stage.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stage: SandboxStage
let phones = 0
const newPhone = () => `+1555040${1000 + phones++}`
beforeAll(async () => {
  ;[folder, stage] = await Promise.all([temporaryFolder(), deployIntoSandbox()])
})
afterAll(async () => {
  await stage?.close()
  await folder?.remove()
})

const start = promisify(execFile)
/** For a program: the address of Cognito, the client, a number, and what that number is sent. */
const wordsFor = (phone: string) => [
  stage.sandbox.endpoint,
  stage.ids.signupClientId,
  phone,
  `${stage.sandbox.endpoint}/inbox?to=${encodeURIComponent(phone)}`,
]
async function fileOf(name: string, text: string): Promise<string> {
  await writeFile(join(folder.path, name), text)
  return join(folder.path, name)
}

/** Signs up, answers wrongly, then rightly, and once more with the session that is used up. */
const story = ['wrong', 'true', 'NotAuthorizedException']

it('in Python', async () => {
  const file = await fileOf(
    'recipe.py',
    `${await recipeOf('Python')}
import sys
_, endpoint, client, phone, inbox = sys.argv
otp = Otp(endpoint, client)
otp.sign_up(phone)
otp.sign_up(phone)
challenge = otp.answer(otp.start(phone), "000000")
print(challenge["ChallengeParameters"]["status"])
code = json.loads(urllib.request.urlopen(inbox).read())["messages"][-1]["code"]
print(str(len(otp.answer(challenge, code)["AuthenticationResult"]["IdToken"]) > 100).lower())
try:
    otp.answer(challenge, code)
except RuntimeError as error:
    print(error)
`,
  )
  const { stdout } = await start('python3', [file, ...wordsFor(newPhone())])
  expect(stdout.trim().split('\n')).toEqual(story)
})

it('in Go', async () => {
  const file = await fileOf(
    'recipe.go',
    `package main

import ("bytes"; "encoding/json"; "errors"; "fmt"; "net/http"; "os"; "strings"; "time")

${await recipeOf('Go')}
func main() {
	endpoint, client, phone, inbox, device := os.Args[1], os.Args[2], os.Args[3], os.Args[4], strings.Repeat("d", 32)
	call(endpoint, "SignUp", map[string]string{"ClientId": client, "Username": phone, "Password": "Aa1!" + device})
	now, _ := start(endpoint, client, phone)
	now, _ = answer(endpoint, client, device, "000000", now)
	fmt.Println(now.ChallengeParameters["status"])
	received, _ := http.Get(inbox)
	var list struct{ Messages []struct{ Code string } }
	json.NewDecoder(received.Body).Decode(&list)
	code := list.Messages[len(list.Messages)-1].Code
	done, _ := answer(endpoint, client, device, code, now)
	fmt.Println(len(done.AuthenticationResult.IdToken) > 100)
	_, failure := answer(endpoint, client, device, code, now)
	fmt.Println(failure)
}
`,
  )
  const env = { ...process.env, GO111MODULE: 'off', GOFLAGS: '', CGO_ENABLED: '0' }
  const { stdout } = await start('go', ['run', file, ...wordsFor(newPhone())], { env })
  expect(stdout.trim().split('\n')).toEqual(story)
}, 300_000)

/** As those above have them, which Cognito has understood. */
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
  async (language) => {
    const code = await recipeOf(language)
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
