// docs/recipes.md: the calls as its Python has them, word for word, against the sandbox.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root, temporaryFolder } from './program.ts'
import { deployIntoSandbox, type SandboxStage } from './sandbox-stage.ts'

const run = promisify(execFile)
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let stage: SandboxStage
beforeAll(async () => {
  ;[folder, stage] = await Promise.all([temporaryFolder(), deployIntoSandbox()])
})
afterAll(async () => {
  await stage?.close()
  await folder?.remove()
})

it('sign a user up and in, in Python', async () => {
  const page = await readFile(join(root, 'docs/recipes.md'), 'utf8')
  const [, recipe = ''] = /^```python\n(.*?)^```$/ms.exec(page) ?? []
  const phone = '+15550100077'
  const inbox = `${stage.sandbox.endpoint}/inbox?to=${encodeURIComponent(phone)}`
  const program = `${recipe}
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
  const { stdout } = await run('python3', [file], { env: { PATH: process.env.PATH ?? '' } })
  expect(stdout.split('\n').slice(0, 2)).toEqual(['wrong', 'True'])
  expect(stdout).toContain('NotAuthorizedException')
})
