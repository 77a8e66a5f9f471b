// README.md and docs/challenge.md as they stand: the client's lines sign a user in, and the rest fits its packages.
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deploy, type Sandbox, startSandbox } from '../../src/index.ts'
import { installPacked } from './packed.ts'
import { root, run, temporaryFolder } from './program.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let sandbox: Sandbox
beforeAll(async () => {
  folder = await temporaryFolder()
  await installPacked(folder.path)
  sandbox = await startSandbox()
}, 120_000)
afterAll(async () => {
  await sandbox?.close()
  await folder?.remove()
})

async function blocksOf(page: string): Promise<string[]> {
  const text = await readFile(join(root, page), 'utf8')
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)
}

it('README.md’s lines sign a user up and in', async () => {
  const [lines = '', ...more] = await blocksOf('README.md')
  expect(more).toEqual([])
  const { outputs } = await deploy({
    stage: 'readme',
    env: sandbox.env(),
    settings: { allowedCountries: ['DE'] },
  })
  const given = { ...outputs, endpoint: sandbox.endpoint }
  const inbox = `${sandbox.endpoint}/inbox?to=%2B4915112345678`
  // What a reader has: the ids, and somebody who types the code once it has come.
  const program = `const { region, loginClientId, signupClientId, endpoint } = ${JSON.stringify(given)}
${lines.replace('await client.answer(', `const { messages } = await (await fetch('${inbox}')).json()\nconst code = messages.at(-1).code\nawait client.answer(`)}
console.log(client.state.step, client.state.user.phone)
`
  await writeFile(join(folder.path, 'readme.mjs'), program)
  const { stdout, stderr } = await run(process.execPath, ['readme.mjs'], { env: {}, cwd: folder.path })
  expect(stdout.trim(), stderr).toBe('signedIn +4915112345678')
})

it('docs/challenge.md’s lines fit Amplify and the browser', async () => {
  const blocks = await blocksOf('docs/challenge.md')
  expect(blocks).toHaveLength(2)
  await mkdir(join(folder.path, 'node_modules'), { recursive: true })
  await symlink(
    join(import.meta.dirname, 'node_modules/aws-amplify'),
    join(folder.path, 'node_modules/aws-amplify'),
  )
  for (const [n, code] of blocks.entries())
    await writeFile(join(folder.path, `block-${n}.ts`), `${code}\nexport {}\n`)
  const compilerOptions = {
    ...{ target: 'ES2023', lib: ['ES2023', 'DOM'], module: 'ESNext', moduleResolution: 'bundler' },
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
  }
  await writeFile(
    join(folder.path, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['block-*.ts'] }),
  )
  const tsc = join(import.meta.dirname, 'node_modules/typescript5/bin/tsc')
  const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { env: {}, cwd: folder.path })
  expect(stdout).toBe('')
})
