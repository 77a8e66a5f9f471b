// The states of a challenge, drawn from sign-ins that are played: what a status becomes by what the app does.
import { statuses } from '../../../src/core/challenge.ts'
import { type Answered, type Asked, wrongFor } from '../../flow/app.ts'
import { Stage } from '../../flow/stage.ts'

const minute = 60_000

/** Plays one sign-in and notes each step: `from` the status before, `to` the one after. */
class Played {
  readonly stage: Stage
  readonly edges = new Set<string>()
  /** The challenge now. */
  at: Asked | undefined

  constructor(stage: Stage) {
    this.stage = stage
  }

  #note(how: string, round: Answered): void {
    const from = this.at?.parameters.status ?? '[*]'
    const to = round.kind === 'tokens' ? '[*]' : round.parameters.status
    this.edges.add(`  ${from} --> ${to}: ${how}`)
    this.at = round.kind === 'tokens' ? undefined : round
  }

  async start(how = 'start', phone?: string): Promise<void> {
    const { app } = this.stage
    this.at = undefined
    this.#note(how, await app.start(phone ?? (await app.signUp())))
  }

  async answer(how: string, answer: (code: string) => string, wish?: Record<string, string>): Promise<void> {
    const { app } = this.stage
    const before = this.at!
    this.#note(how, await app.answer(before, answer(app.code(before.phone)), wish))
  }

  right = () => this.answer('right code, tokens', (code) => code)
  wrong = (how = 'wrong code') => this.answer(how, wrongFor)

  async resend(how = 'resend'): Promise<void> {
    this.#note(how, await this.stage.app.resend(this.at!))
  }
}

const stories: ((played: Played) => Promise<void>)[] = [
  async (played) => {
    await played.start()
    await played.right()
  },
  async (played) => {
    await played.start()
    await played.wrong()
    await played.wrong()
    await played.right()
  },
  async (played) => {
    await played.start()
    for (const how of ['wrong code', 'wrong code', 'wrong code, no try left']) await played.wrong(how)
    played.stage.clock.advance(minute)
    await played.resend('resend after resendIn')
  },
  async (played) => {
    await played.start()
    await played.resend('resend too soon')
    await played.wrong()
  },
  async (played) => {
    await played.start()
    const { phone } = played.at!
    await played.start('start, soon after another', phone)
    await played.right()
  },
  async (played) => {
    await played.start()
    await played.resend('resend too soon')
    played.stage.clock.advance(minute)
    await played.resend('resend after resendIn')
  },
  async (played) => {
    await played.start()
    played.stage.clock.advance(5.1 * minute)
    await played.answer('an answer, too late', (code) => code)
    await played.resend('resend')
  },
  async (played) => {
    await played.start()
    for (let n = 1; n < 5; n++) {
      played.stage.clock.advance(46_000)
      await played.resend('resend after resendIn')
    }
    played.stage.clock.advance(46_000)
    await played.resend('more than a number may have')
  },
  async (played) => {
    played.stage.sandbox.sendzen.failNext({ refusal: { status: 400, code: 'REFUSED', details: 'no' } }, 1)
    await played.start('start, SendZen refuses')
    played.stage.clock.advance(minute)
    await played.resend('resend after resendIn')
  },
  async (played) => {
    const { app, sandbox } = played.stage
    const { faults } = sandbox
    const phone = await app.signUp()
    faults.add({ service: 'dynamodb', kind: 'fail-before', times: 1_000 })
    await played.start('start, the table is down', phone)
    faults.clear()
    played.stage.clock.advance(minute)
    await played.resend('resend')
  },
  async (played) => {
    const { faults } = played.stage.sandbox
    await played.start()
    faults.add({
      service: 'cognito-idp',
      operation: 'AdminUpdateUserAttributes',
      kind: 'fail-before',
      times: 9,
    })
    await played.answer('right code, Cognito fails', (code) => code)
    faults.clear()
    await played.answer('the same again, tokens', (code) => code)
  },
]

/** Throws where a status is in no story. */
export async function challengeStates(): Promise<string> {
  const stage = await Stage.open()
  const edges = new Set<string>()
  try {
    for (const story of [...stories, taken]) {
      const played = new Played(stage)
      await story(played)
      for (const edge of played.edges) edges.add(edge)
    }
  } finally {
    await stage.close()
  }
  const text = [...edges].join('\n')
  const lost = statuses.filter((status) => !text.includes(`--> ${status}`))
  if (lost.length > 0) throw new Error(`test/docs/diagrams/states.ts does not come to ${lost.join(', ')}`)
  return `stateDiagram-v2\n${text}`
}

/** A change to a number that is somebody's. */
async function taken(played: Played): Promise<void> {
  const { stage } = played
  const owner = new Played(stage)
  await owner.start()
  const { phone: owned } = owner.at!
  await owner.right()
  stage.clock.advance(minute)
  await played.start()
  const to = { action: 'change_number', phoneNumber: owned }
  await played.answer('right code, with change_number', (code) => code, to)
  const code = () => stage.app.code(owned)
  await played.answer('the code of a number that is somebody’s', code)
}
