// What docs/front-end.md shows, type-checked against the packed package in a folder of somebody else's.
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installPacked } from './packed.ts'
import { root, run, temporaryFolder } from './program.ts'

/** What a reader has already: names that the page speaks of. */
const known = `
declare const region: string, userPoolId: string, loginClientId: string, signupClientId: string, clientId: string
declare function render(state: object): void
declare const app: { all(path: string, handler: (context: { req: { raw: Request } }) => unknown): void }
`
const modules = `
declare module '@react-native-async-storage/async-storage' {
  const store: { getItem(key: string): Promise<string | null>; setItem(key: string, value: string): Promise<void>; removeItem(key: string): Promise<void> }
  export default store
}
declare module 'next/headers' {
  export function headers(): Promise<Headers>
}
`
const server = "import type { OtpServer } from 'whatsapp-otp/server'\ndeclare const otp: OtpServer\n"
/** Those that stand on others of the page. */
const before: Record<number, string> = {
  2: "import { createClient } from 'whatsapp-otp/client'\nimport { de } from 'whatsapp-otp/client/texts'\ndeclare const client: ReturnType<typeof createClient>\n",
  4: server,
  5: server,
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  await installPacked(folder.path)
  await mkdir(join(folder.path, 'node_modules/@types'), { recursive: true })
  for (const name of ['@types/react', 'csstype']) {
    await symlink(join(root, 'node_modules', name), join(folder.path, 'node_modules', name))
  }
  const page = await readFile(join(root, 'docs/front-end.md'), 'utf8')
  const blocks = [...page.matchAll(/^```(tsx?)\n(.*?)^```$/gms)]
  expect(blocks.length).toBe(6)
  for (const [index, [, kind = '', code = '']] of blocks.entries()) {
    await writeFile(
      join(folder.path, `block-${index}.${kind}`),
      `${before[index] ?? ''}${known}${code}\nexport {}\n`,
    )
  }
  await writeFile(
    join(folder.path, 'keychain.ts'),
    'export declare function getItem(key: string): Promise<string | null>\nexport declare function setItem(key: string, value: string): Promise<void>\nexport declare function removeItem(key: string): Promise<void>\n',
  )
  await writeFile(join(folder.path, 'modules.d.ts'), modules)
  const compilerOptions = {
    ...{ target: 'ES2023', lib: ['ES2023', 'DOM'], module: 'ESNext', moduleResolution: 'bundler' },
    ...{ strict: true, noEmit: true, jsx: 'react-jsx', types: [], allowImportingTsExtensions: true },
    exactOptionalPropertyTypes: true,
  }
  await writeFile(
    join(folder.path, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.ts', '*.tsx'] }),
  )
}, 120_000)
afterAll(() => folder?.remove())

it.each([
  ['the project’s own', join(root, 'node_modules/typescript/bin/tsc')],
  ['5.9', join(import.meta.dirname, 'node_modules/typescript5/bin/tsc')],
])('fits the package, says TypeScript %s', async (_, tsc) => {
  const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { env: {}, cwd: folder.path })
  expect(stdout).toBe('')
})
