// One user: shown with the number masked, and changed by support, never without a note.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Device, emptyLedger } from '../../src/core/ledger/ledger.ts'
import { nobodysNumber } from '../../src/core/proven-number.ts'
import { People } from '../cli/people.ts'
import { screen, startWithStage } from '../cli/scene.ts'
import { type Answer, documentOf, type Terminal } from '../cli/terminal.ts'

let terminal: Terminal
let people: People
beforeAll(async () => {
  terminal = await startWithStage()
  people = await People.of(terminal)
  await people.standIn('stable')
})
afterAll(() => terminal.close())

let last = 5_550_100_710
const newPhone = () => `+1${last++}`
const now = () => terminal.clock.now()
const device = (id: string, used: Partial<Device> = {}): Device => ({
  id,
  sends: [],
  checks: [],
  nextSend: 0,
  usedAt: now() - 86_400_000,
  ...used,
})
const failures = (count: number) => Array.from({ length: count }, (_, n) => ({ at: now() - n, sid: `s${n}` }))
const shown = async (phone: string) =>
  documentOf(await terminal.run(`users show ${phone} --json`)).user as Record<string, unknown>

describe('users show', () => {
  it('says whose the number is and what blocks strangers, with the number masked', async () => {
    const phone = newPhone()
    await people.prove(phone, {
      sends: [now()],
      checks: [now(), now()],
      failures: failures(8),
      nextSend: now() + 45_000,
      devices: [device('a'), device('b', { usedAt: now() - 7_200_000, sends: [now()] })],
    })
    const text = (await screen(terminal, `users show ${phone}`)).replace(/until \S+ \S+ UTC/, 'until <time>')
    expect(text).not.toContain(phone.slice(1))
    expect(text).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      User        +*********10  <uuid>
      Now         no message until <time> (<duration>): the pause between two messages (RESEND_COOLDOWN_SECONDS)
      On devices  2 known devices may get a code, of 6 digits
      Status      CONFIRMED, enabled
      Proven      phone_number_verified yes, custom:whatsapp_verified yes
      Number      the account’s own
      Messages    1 of 5 in the last hour, 1 of 10 in the last day
      Answers     2 of 10 in the last hour, 2 of 20 in the last day
      Wrong       8 in 90 days
      Code        8 digits
      Devices     2 known, the last used 2 h ago

      Events (UTC): none; --since 7d looks further back
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Look at the stage  <duration>
      ✓ Find the user  <duration>
      ✓ Read the logs  <duration>
      "
    `)
    expect(await shown(phone)).toMatchObject({
      mark: 'proven',
      owner: 'self',
      owns: true,
      testNumber: false,
      codeLength: 8,
      deviceCodeLength: 6,
      counters: { sendsLastHour: 1, checksLastDay: 2, failures: 8, deviceFailures: 0 },
      blocked: { reason: 'cooldown' },
      devices: [{ sendsLastDay: 0 }, { sendsLastDay: 1 }],
    })
  })

  it('tells a number that a client has written from one that is proven', async () => {
    const phone = newPhone()
    const username = await people.prove(newPhone())
    await people.write(username, { phone_number: phone })
    expect(await shown(phone)).toMatchObject({ mark: 'changed', owner: 'unknown', owns: false })
    const { stdout } = await terminal.run(`users show ${phone}`)
    expect(stdout).toContain('changed without proof; a code leads back to the one that is proven')
    const fresh = newPhone()
    await people.signUp(fresh)
    expect((await terminal.run(`users show ${fresh}`)).stdout).toContain('not proven yet')
  })

  it('tells a test number, whose proof is none', async () => {
    const phone = newPhone()
    await terminal.run(`test-numbers add ${phone} --yes`)
    await people.prove(phone)
    await people.putLedger(phone, { provenByTest: true })
    const { stdout } = await terminal.run(`users show ${phone}`)
    expect(stdout).toContain('proven by the code of a test number only; a test number: nothing is sent to it')
    expect(await shown(phone)).toMatchObject({ testNumber: true, owns: false })
  })
})

describe('users show, why no code came', () => {
  const story = async (phone: string) => {
    const { code, stdout } = await terminal.run(`users show ${phone}`)
    return `exit ${code}\n${stdout
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<time>')
      .replace(/[\da-f-]{36}/g, '<uuid>')
      .replace(/\d+(\.\d)? (s|min|h)( \d+ s)?\b/g, '<duration>')}`
  }
  const signInOnce = async (phone: string, line = '') => {
    const wrong: Answer = ['Code (or', '000000\r']
    await terminal.run(`login ${phone} ${line}`, { answers: [wrong, ['left', '\x03']] })
  }

  it('tells what happened to a number, newest last, what holds it back until when, and what to do', async () => {
    const phone = newPhone()
    await signInOnce(phone)
    await signInOnce(phone)
    expect(await story(phone)).toMatchInlineSnapshot(`
      "exit 0
      User      +*********15  <uuid>
      Now       no message until <time> UTC (<duration>): the pause between two messages (RESEND_COOLDOWN_SECONDS)
      Last      reported: the message is on the phone, <duration> ago
      Status    CONFIRMED, enabled
      Proven    phone_number_verified no, custom:whatsapp_verified no
      Number    not proven yet
      Messages  1 of 5 in the last hour, 1 of 10 in the last day
      Answers   2 of 10 in the last hour, 2 of 20 in the last day
      Wrong     2 in 90 days
      Code      6 digits
      Devices   none known

      Events (UTC)
      <time>   a message with a code was accepted by the provider
      <time>   answer not accepted: not the code
      <time>   no new message was sent: the code that was sent before still counts
      <time>   answer not accepted: not the code

      Next  let the user look into WhatsApp: the message is on the phone with this number
      "
    `)
    const document = documentOf(await terminal.run(`users show ${phone} --json`))
    expect(document).toMatchObject({
      user: { blocked: { reason: 'cooldown' }, limits: { sendsPerHour: 5 } },
      number: { allowed: true, testNumber: false, proven: false, heldUntil: null },
      history: { earlier: 0, partial: false },
      last: { event: 'report_delivered' },
      problems: [],
      next: [expect.stringContaining('look into WhatsApp')],
    })
  })

  it('tells why a message failed, and what ends it', async () => {
    const phone = '+15550109021'
    await people.signUp(phone)
    terminal.sandbox.clock.advance(120_000)
    await terminal.run(`login ${phone}`, { answers: [['Code (or', '\x03']] })
    const why =
      'the message failed: the number is not on WhatsApp, runs an old app, or has not accepted the terms (131026)'
    const told = await story(phone)
    expect(told).toContain(`\nLast      ${why}, <duration> ago\n`)
    expect(told).toContain(`\nEvents (UTC)\n<time> ✖ ${why}\n`)
    expect(told).toMatch(/\nNext {2}let this user sign in another way; sending again will not help\n$/)
  })

  it('has an answer for a number without an account, and for a country that is not allowed', async () => {
    expect(await story(newPhone())).toMatchInlineSnapshot(`
      "exit 0
      User    +*********16  no account
      Now     gets no code: nobody has signed up with it
      Number  nobody has proven it

      Events (UTC): none; --since 7d looks further back
      Sign-ins without an account may be in the logs under a name that Cognito gives, not under the number.

      Next  sign up in the app, or: whatsapp-otp login <phone> --stage dev
            another stage? see --stage
      "
    `)
    expect(await story('+4915112345999')).toMatchInlineSnapshot(`
      "exit 0
      User    +***********99  no account
      Now     gets no code, and may not sign up: the country is not among ALLOWED_COUNTRIES
      Number  nobody has proven it

      Events (UTC): none; --since 7d looks further back
      Refused sign-ups are in the logs without a number: whatsapp-otp logs preSignUp --since 1d

      Next  whatsapp-otp deploy --stage dev --countries <codes>
            or another number
      "
    `)
    const { user, number } = documentOf(await terminal.run('users show +4915112345999 --json'))
    expect({ user, number }).toMatchObject({ user: null, number: { allowed: false, proven: false } })
  })

  it('says what support can lift', async () => {
    const phone = newPhone()
    await people.prove(phone, { sends: [now(), now(), now(), now(), now()] })
    const { stdout } = await terminal.run(`users show ${phone}`)
    expect(stdout).toContain('the messages of an hour (MAX_SENDS_PER_HOUR)')
    expect(stdout).toContain('Next  whatsapp-otp users reset <phone> --stage dev')
  })

  it('tells the rest where the logs may not be read', async () => {
    const phone = newPhone()
    await people.prove(phone)
    const denied = { service: 'logs', operation: 'FilterLogEvents', kind: 'fail-before', times: 99 } as const
    terminal.sandbox.faults.add(denied)
    const told = await story(phone)
    terminal.sandbox.faults.clear()
    expect(told).toContain('may get a code')
    expect(told).toContain('Events (UTC): not known: ')
  })
})

describe('users export', () => {
  it('prints what is kept about a user, and no secret', async () => {
    const phone = newPhone()
    const username = await people.prove(phone, { sends: [now()], devices: [device('device-hash')] })
    const result = await terminal.run(`users export ${phone}`)
    const document = JSON.parse(result.stdout)
    expect(document).toMatchObject({
      schemaVersion: 1,
      kept: {
        phone,
        account: { username, attributes: { phone_number: phone } },
        provenNumber: { phone },
        counted: [
          { phone, messages: [expect.any(String)], provenByAccount: true, devices: [{ messages: [] }] },
        ],
        testNumber: null,
        logs: { retentionDays: 30 },
      },
    })
    expect(result.stdout).not.toContain('device-hash')
    expect(documentOf(await terminal.run(`users export ${phone} --json`))).toEqual(document)
    expect(result.writes).toEqual([])
  })

  it('shows nothing of another account that has proven the number', async () => {
    const phone = newPhone()
    const owner = await people.prove(phone, { sends: [now()] })
    await people.write(owner, { phone_number: newPhone() })
    await people.signUp(phone)
    const { kept } = documentOf(await terminal.run(`users export ${phone} --json`))
    expect(kept).toMatchObject({ counted: [], provenNumber: null })
  })
})

describe('users delete', () => {
  it('takes account and table items after a word is typed, and notes who did it', async () => {
    const phone = newPhone()
    const username = await people.prove(phone, { sends: [now()], devices: [device('a')] })
    const left = await terminal.run(`users delete ${phone}`, { answers: [['Type delete', '\x03']] })
    expect([left.code, left.writes]).toEqual([130, []])
    const result = await terminal.run(`users delete ${phone}`, { answers: [['Type delete', 'delete\r']] })
    expect(result.code).toBe(0)
    expect(result.stdout + result.stderr).not.toContain(phone.slice(1))
    expect(result.stderr.replace(/\s+/g, ' ')).toContain('go after 30 days')
    expect(await people.ledger(phone)).toEqual(emptyLedger)
    expect(await people.provenNumber(username)).toBe(undefined)
    await expect(people.account(phone)).rejects.toThrow()
    const { kept } = documentOf(await terminal.run(`users export ${phone} --json`))
    expect(kept).toMatchObject({ account: null, provenNumber: null, selfMade: null, counted: [] })
    const { stdout } = await terminal.run('logs verify --filter user_deleted --since 1h')
    expect(stdout).toContain('by=user/developer')
    const again = await terminal.run(`users delete ${phone} --yes --stage dev --json`)
    expect([again.code, again.writes, documentOf(again).deleted]).toEqual([0, [], false])
  })

  it('asks for the name of the stage with --yes, and for a word elsewhere', async () => {
    const phone = newPhone()
    await people.signUp(phone)
    for (const line of [`users delete ${phone} --yes`, `users delete ${phone}`]) {
      const { code, writes } = await terminal.run(line)
      expect([code, writes]).toEqual([3, []])
    }
  })

  it('leaves what is kept for another account that has proven the number', async () => {
    const phone = newPhone()
    const owner = await people.prove(phone, { sends: [now()] })
    await people.write(owner, { phone_number: newPhone() })
    await people.signUp(phone)
    const before = await people.ledger(phone)
    const result = await terminal.run(`users delete ${phone} --yes --stage dev`)
    expect([result.code, result.stderr.includes('another account has proven this number')]).toEqual([0, true])
    expect(await people.ledger(phone)).toEqual(before)
    expect(await people.provenNumber(owner)).toBe(phone)
  })

  it.each(['fail-before', 'fail-after'] as const)(
    'that was cut off (%s) is finished by the same command',
    async (kind) => {
      const cuts = ['AdminDisableUser', 'DeleteItem', 'AdminDeleteUser']
      for (const operation of cuts) {
        const phone = newPhone()
        const username = await people.prove(phone)
        terminal.sandbox.faults.add({ operation, kind, times: 9 })
        const cut = await terminal.run(`users delete ${phone} --yes --stage dev`)
        terminal.sandbox.faults.clear()
        expect([operation, cut.code]).toEqual([operation, 1])
        expect((await terminal.run(`users delete ${phone} --yes --stage dev`)).code).toBe(0)
        expect(await people.provenNumber(username)).toBe(undefined)
        expect(await people.ledger(phone)).toEqual(emptyLedger)
        await expect(people.account(phone)).rejects.toThrow()
      }
    },
  )
})

describe('users show, where nothing about a number may show', () => {
  it('tells the longer codes, of strangers from the start and of devices as they grow', async () => {
    await people.standIn('changing')
    const [fresh, tried, known] = [newPhone(), newPhone(), newPhone()]
    await people.prove(fresh)
    await people.prove(tried, { failures: failures(40), devices: [device('a')] })
    await people.prove(known, { deviceFailures: failures(32), devices: [device('a')] })
    const lengths = async (phone: string) => {
      const { codeLength, deviceCodeLength } = await shown(phone)
      return [codeLength, deviceCodeLength]
    }
    expect(await lengths(fresh)).toEqual([8, 8])
    expect(await lengths(tried)).toEqual([8, 8])
    expect(await lengths(known)).toEqual([8, 10])
    await people.standIn('stable')
    expect(await lengths(fresh)).toEqual([6, 6])
    expect(await lengths(tried)).toEqual([10, 6])
    expect(await lengths(known)).toEqual([6, 10])
  })
})

describe('users reset', () => {
  it('forgets what was counted after a question, and notes who did it', async () => {
    const phone = newPhone()
    const used = { sends: [now()], checks: [now()] }
    await people.prove(phone, { ...used, failures: failures(3), devices: [device('a', used)] })
    const { owner } = await people.ledger(phone)
    const result = await terminal.run(`users reset ${phone}`, {
      answers: [['Forget what was counted', 'y\r']],
    })
    expect(result.code).toBe(0)
    expect(result.writes).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'dynamodb:PutItem'])
    const { devices, ...rest } = await people.ledger(phone)
    expect(rest).toMatchObject({ sends: [], checks: [], failures: [], owner })
    expect(devices).toMatchObject([{ id: 'a', sends: [], checks: [] }])
    const { stdout } = await terminal.run('logs verify --filter counters_reset --since 1h')
    expect(stdout).toContain('by=user/developer')
    expect(stdout).toContain('failures=3')
    expect(stdout).not.toContain(phone.slice(1))
  })

  it('does not promise a code to whoever gets none', async () => {
    const [phone, abroad, other] = [newPhone(), newPhone(), newPhone()]
    const disabled = await people.prove(phone)
    await people.disable(disabled)
    const username = await people.prove(other)
    await people.write(username, { phone_number: '+4915112345678', phone_number_verified: 'true' })
    for (const [number, why] of [
      [phone, 'cannot sign in: the account is disabled'],
      ['+4915112345678', 'the country is not among ALLOWED_COUNTRIES'],
    ]) {
      const { code, stdout, stderr } = await terminal.run(`users reset ${number} --yes`)
      expect([code, stdout]).toEqual([0, expect.stringContaining(why ?? '')])
      expect(stderr).toContain('but not why this user gets no code')
    }
    await people.prove(abroad)
    const { stderr } = await terminal.run(`users reset ${abroad} --yes`)
    expect(stderr).toContain('The user may ask for a code again.')
  })

  it('changes nothing where the note cannot be written', async () => {
    const phone = newPhone()
    await people.prove(phone, { failures: failures(3) })
    terminal.sandbox.faults.add({ service: 'logs', operation: 'PutLogEvents', kind: 'fail-before', times: 9 })
    const result = await terminal.run(`users reset ${phone} --yes`)
    terminal.sandbox.faults.clear()
    expect(result.code).toBe(1)
    expect(result.writes).not.toContain('dynamodb:PutItem')
  })

  it('is done over what somebody writes at the same moment', async () => {
    const phone = newPhone()
    await people.prove(phone, { failures: failures(3) })
    terminal.sandbox.faults.add({ service: 'dynamodb', operation: 'PutItem', kind: 'fail-after', times: 1 })
    expect((await terminal.run(`users reset ${phone} --yes`)).code).toBe(0)
    terminal.sandbox.faults.clear()
    expect((await people.ledger(phone)).failures).toEqual([])
  })
})

describe('users forget-devices', () => {
  it('makes them strangers, and nothing else', async () => {
    const phone = newPhone()
    await people.prove(phone, { devices: [device('a'), device('b')], failures: failures(2) })
    const before = await people.ledger(phone)
    const answers: [string, string][] = [['Forget 2 devices', 'y\r']]
    expect((await terminal.run(`users forget-devices ${phone}`, { answers })).code).toBe(0)
    expect(await people.ledger(phone)).toEqual({ ...before, devices: [] })
    const { stdout } = await terminal.run('logs verify --filter devices_forgotten --since 1h')
    expect(stdout).toContain('devices=2')
    const again = await terminal.run(`users forget-devices ${phone} --json`)
    expect([again.code, again.writes, documentOf(again).forgotten]).toEqual([0, [], 0])
  })
})

describe('users change-number', () => {
  it('gives a user the new number as a proven one, ends the sessions, and leaves nothing of the old', async () => {
    const [old, phone] = [newPhone(), newPhone()]
    const username = await people.prove(old, { devices: [device('a')] })
    const answers: [string, string][] = [['Give this user the number', 'y\r']]
    const result = await terminal.run(`users change-number ${old} ${phone}`, { answers })
    expect(result.code).toBe(0)
    expect(result.writes.map((write) => write.replace(/.*:/, ''))).toEqual([
      'CreateLogStream',
      'PutLogEvents',
      'PutItem',
      'PutItem',
      'AdminUpdateUserAttributes',
      'AdminUserGlobalSignOut',
      'PutItem',
    ])
    expect(result.stdout + result.stderr).not.toMatch(new RegExp(`${old.slice(1)}|${phone.slice(1)}`))
    expect(await people.account(phone)).toMatchObject({
      username,
      phone_number: phone,
      phone_number_verified: 'true',
      'custom:whatsapp_verified': 'true',
    })
    const owner = await people.hash(username)
    expect(await people.ledger(phone)).toMatchObject({ owner, devices: [] })
    expect(await people.provenNumber(username)).toBe(phone)
    expect(await people.ledger(old)).toEqual({ ...emptyLedger, lastSuccess: expect.any(Number) })
    expect(await shown(phone)).toMatchObject({ owns: true, owner: 'self' })
    const { stdout } = await terminal.run('logs verify --filter number_changed --since 1h')
    expect(stdout).toContain('by=user/developer')
    expect(stdout).not.toContain(phone.slice(1))
  })

  it('moves away an account that has not proven the number, and says so before the question', async () => {
    const [old, phone] = [newPhone(), newPhone()]
    const username = await people.prove(old)
    const stranger = await people.signUp(phone)
    const asked = await terminal.run(`users change-number ${old} ${phone}`, {
      answers: [['Give this', 'n\r']],
    })
    expect([asked.code, asked.writes]).toEqual([3, []])
    expect(asked.stderr.replace(/\s+/g, ' ')).toContain('gets a number that nobody can have, and is disabled')
    const result = await terminal.run(`users change-number ${old} ${phone} --yes --json`)
    expect(documentOf(result)).toMatchObject({
      changed: true,
      displaced: { username: stranger, disabled: true },
    })
    expect((await people.account(phone)).username).toBe(username)
    expect(await people.account(stranger)).toMatchObject({
      enabled: false,
      phone_number: nobodysNumber(stranger),
      phone_number_verified: 'false',
    })
    const { stdout } = await terminal.run('logs verify --filter number_taken_back --since 1h')
    expect(stdout).toContain(stranger)
  })

  it('puts an account that a client has moved there back to what it has proven', async () => {
    const [old, phone, others] = [newPhone(), newPhone(), newPhone()]
    await people.prove(old)
    const other = await people.prove(others)
    await people.write(other, { phone_number: phone })
    const result = await terminal.run(`users change-number ${old} ${phone} --yes --json`)
    expect(documentOf(result)).toMatchObject({ displaced: { username: other, disabled: false } })
    expect(await people.account(other)).toMatchObject({
      enabled: true,
      phone_number: others,
      phone_number_verified: 'true',
    })
  })

  it('ends an account whose proven number is somebody else’s by now', async () => {
    const [old, phone, others] = [newPhone(), newPhone(), newPhone()]
    await people.prove(old)
    const other = await people.prove(others)
    await people.write(other, { phone_number: phone })
    await people.prove(others)
    await terminal.run(`users change-number ${old} ${phone} --yes`)
    expect(await people.account(other)).toMatchObject({ enabled: false, phone_number: nobodysNumber(other) })
  })

  it('is refused, with nothing changed, for a number that the user cannot have', async () => {
    const [old, proven, moved, test, unproven] = [newPhone(), newPhone(), newPhone(), newPhone(), newPhone()]
    await people.prove(old)
    await people.prove(proven)
    const away = await people.prove(moved)
    await people.write(away, { phone_number: newPhone() })
    await people.signUp(unproven)
    await terminal.run(`test-numbers add ${test} --yes`)
    const refused = async (line: string) => {
      const { code, writes, stderr } = await terminal.run(`users change-number ${line} --yes --json`)
      expect([line, code, writes]).toEqual([line, expect.toBeOneOf([1, 3]), []])
      return stderr
    }
    for (const [to, code] of [
      [old, 'NUMBER_IS_THE_SAME'],
      [proven, 'NUMBER_TAKEN'],
      [moved, 'NUMBER_TAKEN'],
      [test, 'NUMBER_IS_FOR_TESTS'],
      ['+4915112345678', 'COUNTRY_NOT_ALLOWED'],
      ['4915112345678', 'PHONE_NOT_E164'],
    ]) {
      const { stdout } = await terminal.run(`users change-number ${old} ${to} --yes --json`)
      expect(JSON.parse(stdout).error.code).toBe(code)
      await refused(`${old} ${to}`)
    }
    // Nothing tells whose an account is that has proven nothing.
    const { stdout } = await terminal.run(`users change-number ${unproven} ${newPhone()} --yes --json`)
    expect(JSON.parse(stdout).error.code).toBe('NUMBER_NOT_PROVEN')
  })

  /** Every changing call from the nth on fails; the nth takes effect first where `how` says so. */
  async function dyingAt(nth: number, how: 'before' | 'after', line: string) {
    const { faults } = terminal.sandbox
    const { take } = faults
    let seen = 0
    faults.take = (_, operation) => {
      if (!/^(Put|AdminUpdate|AdminDisable|AdminUser|Create)/.test(operation)) return undefined
      seen += 1
      if (seen < nth) return undefined
      return { kind: seen === nth && how === 'after' ? 'fail-after' : 'fail-before' }
    }
    const result = await terminal.run(line)
    faults.take = take
    return result
  }

  /** What stands in the end, of the user and of the account that was in the way. */
  async function standing(username: string, stranger: string, old: string, phone: string) {
    return {
      holder: (await people.account(phone)).username === username,
      proven: await people.provenNumber(username),
      owners: [(await people.ledger(old)).owner, (await people.ledger(phone)).owner],
      stranger: await people.account(stranger),
    }
  }

  it.each([
    ['before', 'a known owner'],
    ['after', 'a known owner'],
    ['before', 'no known owner'],
  ] as const)(
    'that died right %s any of its calls, over %s, is finished by the same command',
    { timeout: 240_000 },
    async (how, over) => {
      const operations = new Set<string>()
      let lost = 0
      for (let nth = 1, isOver = false; !isOver; nth += 1) {
        // The stage takes so many sign-ups an hour.
        terminal.sandbox.clock.advance(3_600_000)
        const [old, phone] = [newPhone(), newPhone()]
        const username = await people.prove(old)
        // As by an older version, which remembered none.
        if (over === 'no known owner') await people.putLedger(old, { owner: undefined } as object)
        const stranger = await people.signUp(phone)
        const line = `users change-number ${old} ${phone} --yes`
        const first = await dyingAt(nth, how, line)
        const whole = {
          holder: true,
          proven: phone,
          owners: [undefined, await people.hash(username)],
          stranger: expect.objectContaining({ enabled: false, phone_number: nobodysNumber(stranger) }),
        }
        isOver = first.code === 0
        const again = isOver ? first : await terminal.run(line)
        operations.add(again.writes.map((write) => write.replace(/.*:/, '')).join())
        if (again.code !== 0) {
          lost += 1
          expect([nth, again.stderr]).toEqual([nth, expect.stringContaining('or it was changed already')])
        }
        expect([nth, await standing(username, stranger, old, phone)]).toEqual([nth, whole])
      }
      // Where the answer to the last of all is lost, there is nothing left to do.
      expect(lost).toBe(how === 'after' ? 1 : 0)
      expect(operations).toContain('CreateLogStream,PutLogEvents,AdminUserGlobalSignOut,PutItem')
    },
  )

  it.each(['somebody who was there already', 'somebody who has just come'])(
    'takes nothing from %s and proves the number while the question stands',
    async (who) => {
      const [old, phone] = [newPhone(), newPhone()]
      const username = await people.prove(old)
      if (who.endsWith('already')) await people.signUp(phone)
      let theirs = ''
      const answer = async () => {
        theirs = who.endsWith('already') ? await people.provesNow(phone) : await people.prove(phone)
        return 'y\r'
      }
      const answers: Answer[] = [['Give this user the number', answer]]
      const { code, stderr } = await terminal.run(`users change-number ${old} ${phone}`, { answers })
      expect([code, stderr]).toEqual([1, expect.stringContaining('somebody has proven the new number')])
      expect(await people.account(phone)).toMatchObject({ username: theirs, enabled: true })
      expect((await people.ledger(phone)).owner).toBe(await people.hash(theirs))
      expect((await people.account(old)).username).toBe(username)
    },
  )

  it('moves nobody away who was not named before the question', async () => {
    const [old, phone] = [newPhone(), newPhone()]
    const username = await people.prove(old)
    let stranger = ''
    const answer = async () => {
      stranger = await people.signUp(phone)
      return 'y\r'
    }
    const answers: Answer[] = [['Give this user the number', answer]]
    const { code, stderr } = await terminal.run(`users change-number ${old} ${phone}`, { answers })
    expect([code, stderr]).toEqual([1, expect.stringContaining('another account has come to the new number')])
    expect(await people.account(phone)).toMatchObject({ username: stranger, enabled: true })
    expect((await people.account(old)).username).toBe(username)
  })

  it('wants both numbers, and no other action wants two', async () => {
    const phone = newPhone()
    await people.prove(phone)
    for (const line of [`change-number ${phone}`, `reset ${phone} ${newPhone()} --yes`]) {
      const { code, writes, stderr } = await terminal.run(`users ${line}`)
      expect([code, writes]).toEqual([3, []])
      expect(stderr).toMatch(/is about (one number|two numbers)/)
    }
  })

  it('that was cut off is told from one that was not begun, and never shown as done', async () => {
    const [old, phone] = [newPhone(), newPhone()]
    const username = await people.prove(old)
    const line = `users change-number ${old} ${phone}`
    const operation = 'AdminUserGlobalSignOut'
    terminal.sandbox.faults.add({ service: 'cognito-idp', operation, kind: 'fail-before', times: 9 })
    const { code, stdout, stderr } = await terminal.run(`${line} --yes --json`)
    terminal.sandbox.faults.clear()
    expect([code, stderr]).toEqual([1, ''])
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'CHANGE_UNFINISHED',
      message: 'The number was changed, but sessions may go on',
      next: ['run the same command again: it does what is left'],
    })
    // Somebody else may sign up with the old one meanwhile.
    await people.signUp(old)
    const declined = await terminal.run(line, { answers: [['forget the old number', 'n\r']] })
    expect([declined.code, declined.writes]).toEqual([3, []])
    expect(declined.stderr).toContain('this user has the new number already')
    expect(declined.stdout).toContain(username)
    const finished = await terminal.run(`${line} --yes --json`)
    expect(documentOf(finished)).toMatchObject({ changed: true, user: { username, owns: true } })
    // From then on the old one is the other's, who has proven nothing.
    const { error } = JSON.parse((await terminal.run(`${line} --yes --json`)).stdout)
    expect(error.code).toBe('NUMBER_NOT_PROVEN')
  })

  it('says of an account in the way that it may be gone where the rest failed', async () => {
    const [old, phone] = [newPhone(), newPhone()]
    await people.prove(old)
    const stranger = await people.signUp(phone)
    terminal.sandbox.faults.add({
      service: 'cognito-idp',
      operation: 'AdminUpdateUserAttributes',
      kind: 'fail-before',
      nth: 2,
      times: 9,
    })
    const { code, stderr } = await terminal.run(`users change-number ${old} ${phone} --yes`)
    terminal.sandbox.faults.clear()
    expect(code).toBe(1)
    expect(stderr.replace(/\s+/g, ' ')).toContain(`the account ${stranger} may have lost it already`)
  })
})
