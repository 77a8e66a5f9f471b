// Nothing stands in Windows' way, as far as that shows elsewhere: paths, ends of lines, marks, shells, scripts.
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, win32 } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSources } from '../../src/settings/sources.ts'
import { withBlock } from '../../src/stage/output-file.ts'
import { cacheFolder, stateFolder } from '../../src/terminal/folders.ts'
import { shellLines } from '../../src/views/shell-lines.ts'
import { manifest, root } from './repository.ts'

describe('settings in files that Windows programs have written', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whatsapp-otp-crlf-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  const dotenv = 'OTP_LENGTH=7\r\nWHATSAPP_FROM="4930123456"\r\n'
  const config = '{\r\n  "allowedCountries": ["DE"]\r\n}\r\n'
  const wide = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')
  it.each([
    ['with their ends of lines', Buffer.from(dotenv), Buffer.from(config)],
    ['with a mark, as editors do', Buffer.from(`\uFEFF${dotenv}`), Buffer.from(`\uFEFF${config}`)],
    ['in UTF-16, as PowerShell redirects', wide(dotenv), wide(config)],
  ])('are read %s', async (_, env, file) => {
    await writeFile(join(folder, '.env'), env)
    await writeFile(join(folder, 'whatsapp-otp.json'), file)
    const sources = await readSources({}, {}, folder)
    expect(sources.env).toEqual({ OTP_LENGTH: '7', WHATSAPP_FROM: '4930123456' })
    expect(sources.file).toEqual({ allowedCountries: ['DE'] })
  })
})

it('the block of outputs takes the ends of lines of its file, and is found by them again', () => {
  const once = withBlock('MINE=1\r\n', 'A=1\nB=2')
  expect(once.replaceAll('\r\n', '')).not.toContain('\n')
  expect(withBlock(once, 'A=1\nB=2')).toBe(once)
})

describe('what is kept for the user', () => {
  it('lies in the local application data', () => {
    const env = { LOCALAPPDATA: 'C:\\Users\\Ada\\AppData\\Local', HOME: 'C:\\Users\\Ada' }
    const expected = 'C:\\Users\\Ada\\AppData\\Local\\whatsapp-otp'
    expect([cacheFolder(env, win32), stateFolder(env, win32)]).toEqual([expected, expected])
  })

  it('lies in the home where nobody says where that is, or says it by half', () => {
    const env = { LOCALAPPDATA: 'AppData\\Local', HOME: 'C:\\Users\\Ada' }
    expect(stateFolder(env, win32)).toBe('C:\\Users\\Ada\\.local\\state\\whatsapp-otp')
  })
})

describe('the lines to paste into a second terminal', () => {
  it('are PowerShell’s on Windows', () => {
    const { set, unset } = shellLines({}, 'win32')
    expect(set('A', "it's")).toBe("$env:A = 'it''s'")
    expect(unset(['A', 'B'])).toBe('Remove-Item -ErrorAction Ignore env:A, env:B')
  })

  it.each([
    ['Linux', 'linux', {}],
    ['macOS', 'darwin', {}],
    ['Windows with the shell of Git', 'win32', { MSYSTEM: 'MINGW64' }],
  ] as const)('are those of a POSIX shell on %s', (_, platform, env) => {
    const { set, unset } = shellLines(env, platform)
    expect([set('A', '1'), unset(['A', 'B'])]).toEqual(['export A=1', 'unset A B'])
  })
})

describe('the sources', () => {
  const folders = [
    'src',
    'triggers',
    'app',
    'action',
    'release',
    'bin',
    'test/peers',
    'test/mutation',
    'test/app',
  ]
  const files = [
    ...folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    ),
    ...readdirSync(root),
  ].filter((name) => /\.(m?js|tsx?)$/.test(name) && !name.includes('node_modules'))
  const breaches = (form: RegExp) =>
    files.filter((name) => form.test(readFileSync(join(root, name), 'utf8'))).map((name) => name)

  it.each([
    [
      'the path of a file’s address, which begins with a slash before the drive',
      /import\.meta\.url\)\.pathname/,
    ],
    ['the id of a user that Windows has not', /process\.get(uid|gid)\(\)(?![^\n]*getuid === undefined)/],
    ['a place that is POSIX’s alone', /['"`]\/(tmp|dev\/(tty|null|stdin))\b/],
    ['arguments beside a shell, which Node warns of', /execFile\([^)]*shell/],
  ])('do not use %s', (what, form) => {
    const known = what.startsWith('the id') ? [join('src', 'wizard', 'drafts.ts')] : []
    expect(files.length).toBeGreaterThan(300)
    expect(breaches(form).filter((name) => !known.includes(name))).toEqual([])
  })

  it('and the scripts set no variables in the way of POSIX shells', () => {
    for (const line of Object.values(manifest.scripts)) expect(line).not.toMatch(/(^|&& )[A-Z_]+=/)
  })
})
