// The app of a test: signs up, asks for codes and answers, and remembers what must never be in a log.
import type { Aws } from '../../src/aws/clients.ts'
import { answerChallenge, type Round, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import type { ClientKind } from '../../src/names.ts'
import type { Message } from '../../src/sandbox/sendzen/inbox.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'

/** The stage that the app belongs to, as far as it knows it. */
export interface Backend {
  aws: Pick<Aws, 'cognito'>
  clientIds: Record<ClientKind, string>
  sandbox: Pick<Sandbox, 'inbox'>
  /** A number that no test has used. */
  newPhone(): string
}

/** A challenge that waits for its answer. */
export interface Asked {
  kind: 'challenge'
  phone: string
  client: ClientKind
  session: string
  username: string
  parameters: Record<string, string>
}

export type Answered = Asked | (Extract<Round, { kind: 'tokens' }> & { phone: string })

/** A code that is certainly not the one given. */
export function wrongFor(code: string): string {
  return code.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
}

export class App {
  readonly #stage: Backend
  /** Sessions, tokens, devices' secrets and numbers. */
  readonly seen = new Set<string>()

  constructor(stage: Backend) {
    this.#stage = stage
  }

  #client(kind: ClientKind) {
    return { clientId: this.#stage.clientIds[kind] }
  }

  #remember(round: Round, phone: string, client: ClientKind): Answered {
    this.seen.add(phone.replace('+', ''))
    if (round.kind === 'challenge') {
      this.seen.add(round.session)
      const { USERNAME: _, ...parameters } = round.parameters
      return { ...round, parameters, phone, client }
    }
    const { IdToken, AccessToken, RefreshToken } = round.tokens
    for (const token of [IdToken, AccessToken, RefreshToken]) if (token) this.seen.add(token)
    return { ...round, phone }
  }

  /** Creates a user and answers his number. */
  async signUp(phone = this.#stage.newPhone()): Promise<string> {
    this.seen.add(phone.replace('+', ''))
    await signUp(this.#stage.aws.cognito, this.#client('signup'), phone)
    return phone
  }

  /** InitiateAuth. */
  async start(phone: string, client: ClientKind = 'signup'): Promise<Asked> {
    const round = await startSignIn(this.#stage.aws.cognito, this.#client(client), phone)
    return asked(this.#remember(round, phone, client))
  }

  /** RespondToAuthChallenge. */
  async answer(to: Asked, answer: string, metadata?: Record<string, string>): Promise<Answered> {
    if (metadata?.device) this.seen.add(metadata.device)
    const { cognito } = this.#stage.aws
    const round = await answerChallenge(cognito, this.#client(to.client), to, answer, metadata)
    return this.#remember(round, to.phone, to.client)
  }

  /** An answer that must not sign anybody in. */
  async fail(to: Asked, answer: string, metadata?: Record<string, string>): Promise<Asked> {
    return asked(await this.answer(to, answer, metadata))
  }

  resend(to: Asked, more: Record<string, string> = {}): Promise<Asked> {
    return this.fail(to, 'resend', { action: 'resend', ...more })
  }

  /** Signs a new user up and asks for his first code. */
  async begin(client: ClientKind = 'signup'): Promise<Asked & { code: string }> {
    const begun = await this.start(await this.signUp(), client)
    return { ...begun, code: this.code(begun.phone) }
  }

  /** What arrived on this phone, oldest first. */
  messages(phone: string): Message[] {
    return this.#stage.sandbox.inbox.list(phone)
  }

  /** The last code that arrived on this phone. */
  code(phone: string): string {
    const message = this.messages(phone).at(-1)
    if (!message) throw new Error('Nothing has arrived on this phone')
    return message.code
  }
}

function asked(round: Answered): Asked {
  if (round.kind === 'tokens') throw new Error('Signed in, although a challenge was expected')
  return round
}
