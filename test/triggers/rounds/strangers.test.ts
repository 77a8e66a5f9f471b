// That nobody tells a number with an account from one without, whatever Cognito calls those who do not exist.
import { describe, expect, it } from 'vitest'
import { createPool, type Pool, type PoolOptions, phone, type Step, wrongFor } from './pool.ts'

/** Whoever may sit behind a number. */
const people: Record<string, (pool: Pool) => string> = {
  'a new user': (pool) => pool.addUser(),
  'a proven user': (pool) => pool.addVerifiedUser(),
  'a user whose number was replaced': (pool) =>
    pool.addUser(phone, { phone_number_verified: 'false', 'custom:whatsapp_verified': 'true' }),
  'a user in a country that is not allowed': (pool) => pool.addUser('+18765550123'),
  nobody: () => phone,
}

interface Scene {
  pool: Pool
  at: Step
}

const verbs = {
  start: ({ pool, at }) => pool.start(at.userName),
  startElsewhere: ({ pool, at }) => pool.start(at.userName, pool.clients.login),
  /** As many digits as the app is told of. */
  wrong: ({ pool, at }) => {
    const length = Number(at.parameters.codeLength)
    return pool.respond(at, wrongFor(pool.lastCode().slice(0, length).padEnd(length, '0')))
  },
  malformed: ({ pool, at }) => pool.respond(at, 'not a code'),
  resend: ({ pool, at }) => pool.resend(at),
  /** Cognito invokes Create again with the same event. */
  repeated: ({ pool, at }) => pool.repeatCreate(at),
} satisfies Record<string, (scene: Scene) => Promise<Step>>

const faults = {
  readFails: (pool) => pool.aws.fail('GetItem'),
  writeFails: (pool) => pool.aws.fail('PutItem', 'before', 2),
  writeFailsOnce: (pool) => pool.aws.fail('PutItem', 'before', 1),
  secretsFail: (pool) => {
    pool.restart()
    pool.aws.fail('GetParameters')
  },
} satisfies Record<string, (pool: Pool) => void>
const isFault = (move: Move): move is keyof typeof faults => move in faults

/** Something that happens, or seconds that pass. */
type Move = keyof typeof verbs | keyof typeof faults | number
const times = (n: number, ...moves: Move[]): Move[] => Array.from({ length: n }, () => moves).flat()

interface Story {
  moves: Move[]
  options?: PoolOptions
  /** What others have done before. */
  before?(pool: Pool): Promise<unknown>
}

const another = (pool: Pool) => pool.start(pool.addVerifiedUser('+12025550177'))
const stories: Record<string, Story> = {
  'a first challenge': { moves: ['start'] },
  'starts in the pause and after it': {
    moves: ['start', 20, 'start', 'startElsewhere', 10, 'start', 31, 'start', 'wrong', 'start'],
  },
  'wrong answers until nothing is left': { moves: ['start', ...times(6, 'wrong')] },
  'wrong answers in two sessions at once': {
    moves: ['start', 'wrong', 5, 'start', 'wrong', 'wrong', 56, 'start', ...times(4, 'wrong')],
  },
  'resends too early, in time, and with a new code': {
    moves: ['start', 10, 'resend', 51, 'resend', 'wrong', 5, 'resend', 200, 'resend', 'wrong'],
  },
  'a resend of a code that is used up': { moves: ['start', ...times(4, 'wrong'), 61, 'resend', 'wrong'] },
  'invocations that are repeated': {
    moves: ['start', 5, 'repeated', 5, 'repeated', 'wrong', 5, 'repeated', 61, 'resend'],
  },
  'a code that expires': { moves: ['start', 301, 'wrong', 'wrong', 'resend', 'wrong'] },
  'the messages of an hour, by sessions': { moves: times(7, 'start', 61) },
  'the messages of an hour, by resends': { moves: ['start', ...times(7, 61, 'resend')] },
  'the messages of a day': { moves: times(12, 'start', 3600) },
  'the answers of an hour': { moves: times(5, 'start', 'wrong', 'wrong', 'wrong', 61) },
  'answers that are none': { moves: ['start', 'wrong', 61, 'start', 'wrong', 'wrong', 'wrong'] },
  'a stage that has sent all it may': {
    moves: ['start', 'wrong', 61, 'resend', 'start'],
    options: { caps: { sends: { perHour: 1, perDay: 1 } } },
    before: another,
  },
  'a provider that fails': {
    moves: ['start', 2, 'start', 6, 'resend', 61, 'resend', 'wrong'],
    before: (pool) => {
      pool.provider = async () => ({ outcome: 'failed', blame: 'provider', httpStatus: 401 })
      return another(pool)
    },
  },
  'a table that cannot be read': {
    moves: ['readFails', 'start', 'resend', 'readFails', 'resend', 'readFails', 'wrong', 'wrong', 'wrong'],
  },
  'a table that cannot be written': {
    moves: ['writeFails', 'start', 'writeFailsOnce', 'resend', 61, 'writeFails', 'resend', 'resend'],
  },
  'secrets that cannot be read': {
    moves: ['secretsFail', 'start', 'resend', 'secretsFail', 'resend', 'wrong'],
  },
}

const worlds = {
  'the same name each time': { strangers: 'stable' },
  'another name each time': { strangers: 'changing' },
  'the number itself': { strangers: 'typed' },
  'what nobody has found out, the same name': { strangers: 'stable', findings: {} },
  'what nobody has found out, another name': { strangers: 'changing', findings: {} },
} satisfies Record<string, PoolOptions>

async function shown(story: Story, world: PoolOptions, who: (pool: Pool) => string) {
  const pool = createPool({ ...world, ...story.options })
  await story.before?.(pool)
  const none = { parameters: {}, privateParameters: {}, entries: [], metadata: '' }
  let at: Step = { outcome: 'challenge', ...none, userName: who(pool), client: pool.clients.signup }
  const all: object[] = []
  for (const move of story.moves) {
    if (typeof move === 'number') pool.clock.advance(move * 1000)
    else if (isFault(move)) faults[move](pool)
    else {
      at = await verbs[move]({ pool, at })
      all.push({ move, outcome: at.outcome, ...at.parameters })
    }
  }
  return all
}

describe.each(Object.entries(worlds))('where strangers are called by %s', (_name, world) => {
  it.each(Object.entries(stories))('all are shown the same for %s', async (_name, story) => {
    const { nobody, ...others } = people
    const expected = await shown(story, world, nobody!)
    for (const [who, make] of Object.entries(others)) {
      expect(await shown(story, world, make), who).toEqual(expected)
    }
  })
})

const changing = { strangers: 'changing' } as const
const statuses = async (story: Story, who = people['a proven user']!) =>
  (await shown(story, changing, who)).map((one) => {
    const { status, attemptsLeft } = one as Record<string, string>
    return `${status} ${attemptsLeft}`
  })

describe('where names change, a session is told of itself alone:', () => {
  it('a first round is always sent, with a whole code', async () => {
    const all = await shown({ moves: times(30, 'start', 1) }, changing, people['a proven user']!)
    expect(new Set(all.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify(all[0])]))
    expect(all[0]).toMatchObject({
      status: 'sent',
      channel: 'whatsapp',
      codeLength: '8',
      expiresIn: '300',
      resendIn: '45',
      attemptsLeft: '3',
    })
  })

  it('its wrong answers, its pauses and its life', async () => {
    expect(
      await statuses({ moves: ['start', 'wrong', 10, 'resend', 51, 'resend', 'wrong', 'wrong'] }),
    ).toEqual(['sent 3', 'wrong 2', 'cooldown 2', 'sent 2', 'wrong 1', 'exhausted 0'])
    expect(await statuses({ moves: ['start', 301, 'wrong', 'resend'] })).toEqual([
      'sent 3',
      'expired 0',
      'sent 3',
    ])
    expect((await statuses({ moves: ['start', ...times(5, 61, 'resend')] })).at(-1)).toBe('rate_limited 3')
  })

  it('of a round that could not be carried out, nothing', async () => {
    const down: Move[] = ['readFails', 'readFails']
    const moves: Move[] = ['readFails', 'start', 'resend', ...down, 'wrong', 'wrong', 'wrong', 'wrong']
    const said = ['unavailable 0', 'sent 3', 'unavailable 0', 'wrong 2', 'wrong 1', 'exhausted 0']
    expect(await statuses({ moves })).toEqual(said)
  })

  it.each([
    'wrong answers until nothing is left',
    'resends too early, in time, and with a new code',
    'a resend of a code that is used up',
    'a code that expires',
    'the messages of an hour, by resends',
  ])('just what the number would be told, had it no other session: %s', async (name) => {
    const story = stories[name]!
    for (const who of Object.values(people)) {
      const alone = await shown(story, { limits: { codeLength: 8 } }, who)
      expect(await shown(story, changing, who)).toEqual(alone)
    }
  })

  it('never that a message failed: only a number with an account can have one', async () => {
    const { moves, before } = stories['a provider that fails']!
    expect(await statuses({ moves, before: before! })).toEqual([
      'sent 3',
      'sent 3',
      'cooldown 3',
      'sent 3',
      'wrong 2',
    ])
  })
})

describe('where names change, behind what is told', () => {
  it('the limits of a number hold as ever, and are logged', async () => {
    const pool = createPool(changing)
    const user = pool.addVerifiedUser()
    for (let n = 0; n < 300; n++) {
      expect((await pool.start(user, n % 2 ? 'client-login' : 'client-signup')).parameters.status).toBe(
        'sent',
      )
      pool.clock.advance(10_000)
    }
    expect(pool.messages).toHaveLength(5)
    const held = pool.logged().filter(({ event }) => event === 'otp_suppressed')
    expect(new Set(held.map(({ reason }) => reason))).toEqual(new Set(['cooldown', 'hour']))
  })

  it('the code of a session lets its user in, and one that was held back follows when it may', async () => {
    const pool = createPool(changing)
    const user = pool.addUser()
    const first = await pool.start(user)
    expect((await pool.respond(first, pool.lastCode())).outcome).toBe('tokens')
    const second = await pool.start(user)
    expect(second.parameters.status).toBe('sent')
    expect(pool.messages).toHaveLength(1)
    pool.clock.advance(61_000)
    const resent = await pool.resend(second)
    expect(pool.messages).toHaveLength(2)
    expect((await pool.respond(resent, pool.lastCode())).outcome).toBe('tokens')
  })

  it('no answer of a stranger is right, and none is judged against a code', async () => {
    const pool = createPool({ ...changing, limits: { codeLength: 1, attemptsPerCode: 10 } })
    const step = await pool.start('nobody')
    for (let digit = 0; digit < 10; digit++) expect(await pool.judge(step, String(digit))).toBe(false)
  })
})

/** The calls of the next step, and how long it pretended to send. */
async function footprint(pool: Pool, run: () => Promise<unknown>) {
  const from = pool.aws.calls.length
  pool.clock.slept.length = 0
  await run()
  return { calls: pool.aws.calls.slice(from), slept: pool.clock.slept.filter((ms) => ms > 0) }
}

describe('where names change, it takes the same calls and the same time', () => {
  const took = 700
  /** What every message takes longer, by chance: here half of the most. */
  const blur = 30
  /** A container in which a message takes so long. */
  async function warm() {
    const pool = createPool(changing)
    pool.provider = async () => {
      pool.clock.advance(took)
      return { outcome: 'sent' }
    }
    await pool.respond(await another(pool), 'x')
    return pool
  }

  it('to hold a message back as to pretend one', async () => {
    const pool = await warm()
    const user = pool.addVerifiedUser()
    await pool.judge(await pool.start(user), wrongFor(pool.lastCode()))
    const stranger = await footprint(pool, () => pool.start('nobody'))
    expect(stranger).toEqual({ calls: ['GetItem', 'UpdateItem', 'PutItem'], slept: [took, blur] })
    const owner = await footprint(pool, () => pool.start(pool.addVerifiedUser('+12025550199')))
    expect(owner).toEqual({ calls: stranger.calls, slept: [blur] })
    // Held back by the pause; shared by a session that begins later.
    expect(await footprint(pool, () => pool.start(user))).toEqual(stranger)
    const fresh = pool.addVerifiedUser('+12025550188')
    await pool.start(fresh)
    expect(await footprint(pool, () => pool.start(fresh))).toEqual(stranger)
  })

  it('for a message that a cap holds back', async () => {
    const pool = createPool({ ...changing, caps: { sends: { perHour: 1, perDay: 1 } } })
    pool.provider = async () => {
      pool.clock.advance(took)
      return { outcome: 'sent' }
    }
    await another(pool)
    for (const who of [pool.addUser(), pool.addVerifiedUser('+12025550188'), 'nobody']) {
      expect((await footprint(pool, () => pool.start(who))).slept).toEqual([took, blur])
    }
  })

  it('to judge an answer, be there a code or not', async () => {
    const pool = await warm()
    const user = pool.addVerifiedUser()
    const known = await pool.start(user)
    const held = await pool.start(user, pool.clients.login)
    const unknown = await pool.start('nobody')
    for (const step of [known, held, unknown]) {
      const { calls } = await footprint(pool, () => pool.judge(step, '123456'))
      expect(calls).toEqual(['GetItem', 'PutItem'])
    }
  })

  it('to ask again, and to refuse a resend', async () => {
    const pool = await warm()
    const known = await pool.start(pool.addVerifiedUser())
    const unknown = await pool.start('nobody')
    for (const step of [known, unknown]) {
      const malformed = await footprint(pool, () => pool.respond(step, 'x'))
      expect(malformed).toEqual({ calls: ['GetItem'], slept: [] })
      expect(await footprint(pool, () => pool.resend(step))).toEqual({ calls: ['GetItem'], slept: [] })
    }
  })
})

describe('strangers in the table', () => {
  const itemsAfter = async (options: PoolOptions) => {
    const pool = createPool(options)
    for (let n = 0; n < 300; n++) {
      const step = await pool.start(`+1202555${String(n).padStart(4, '0')}`)
      await pool.respond(await pool.respond(step, '123456'), '654321')
      pool.clock.advance(61_000)
      await pool.resend(step)
    }
    const items = [...pool.aws.items.keys()]
    // The stage's counters, one a day.
    return items.filter((pk) => !pk.startsWith('G#'))
  }

  it('cost nothing where names change, however many they are', async () => {
    const items = await itemsAfter(changing)
    expect(items.every((pk) => /^D#\d+$/.test(pk))).toBe(true)
    expect(items.length).toBeLessThanOrEqual(64)
  })

  it('have one item each where they have a name', async () => {
    expect(await itemsAfter({ strangers: 'typed' })).toHaveLength(300)
  })
})
