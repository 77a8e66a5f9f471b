// The life of an app that was there before us: what it sees of each call, made comparable with another life of its.
import {
  AdminConfirmSignUpCommand,
  AdminDeleteUserCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  GetUserCommand,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Zoo } from './zoo.ts'

export const password = 'Their-own-1'

interface Pool {
  poolId: string
  clientId: string
}

export class ExistingApp {
  readonly #zoo: Zoo
  readonly #pool: Pool
  /** The name of each call, and what it answered or how it was refused. */
  readonly #saw: [call: string, answer: unknown][] = []
  readonly #added: string[] = []

  constructor(zoo: Zoo, pool: Pool) {
    this.#zoo = zoo
    this.#pool = pool
  }

  async #see<T extends object>(call: string, asked: Promise<T>): Promise<T | undefined> {
    try {
      const { $metadata: _, ...answer } = (await asked) as T & { $metadata?: unknown }
      this.#saw.push([call, answer])
      return answer as T
    } catch (error) {
      const { name, message } = error as Error
      this.#saw.push([call, { name, message }])
      return undefined
    }
  }

  get #cognito() {
    return this.#zoo.aws.cognito
  }

  get #client() {
    return { ClientId: this.#pool.clientId }
  }

  signUp(Username: string, attributes: Record<string, string> = {}) {
    this.#added.push(Username)
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
    const metadata = { ClientMetadata: { campaign: 'spring' } }
    const input = { ...this.#client, Username, Password: password, UserAttributes, ...metadata }
    return this.#see('SignUp', this.#cognito.send(new SignUpCommand(input)))
  }

  async confirm(Username: string) {
    const code = this.#zoo.sandbox.inside.pools.confirmationCode(this.#pool.poolId, Username)
    const input = { ...this.#client, Username, ConfirmationCode: code ?? '000000' }
    return this.#see('ConfirmSignUp', this.#cognito.send(new ConfirmSignUpCommand(input)))
  }

  /** By the team's back office. */
  confirmAsAdmin(Username: string) {
    const input = { UserPoolId: this.#pool.poolId, Username }
    return this.#see('AdminConfirmSignUp', this.#cognito.send(new AdminConfirmSignUpCommand(input)))
  }

  signIn(USERNAME: string, PASSWORD = password) {
    const input = {
      ...this.#client,
      AuthFlow: 'USER_PASSWORD_AUTH' as const,
      AuthParameters: { USERNAME, PASSWORD },
      ClientMetadata: { from: 'the app' },
    }
    return this.#see('InitiateAuth', this.#cognito.send(new InitiateAuthCommand(input)))
  }

  refresh(signedIn: InitiateAuthCommandOutput | undefined) {
    const REFRESH_TOKEN = signedIn?.AuthenticationResult?.RefreshToken ?? 'none'
    const input = {
      ...this.#client,
      AuthFlow: 'REFRESH_TOKEN_AUTH' as const,
      AuthParameters: { REFRESH_TOKEN },
    }
    return this.#see('InitiateAuth', this.#cognito.send(new InitiateAuthCommand(input)))
  }

  async rename(signedIn: InitiateAuthCommandOutput | undefined, name: string) {
    const AccessToken = signedIn?.AuthenticationResult?.AccessToken ?? 'none'
    const UserAttributes = [{ Name: 'name', Value: name }]
    const input = { AccessToken, UserAttributes }
    await this.#see('UpdateUserAttributes', this.#cognito.send(new UpdateUserAttributesCommand(input)))
    return this.#see('GetUser', this.#cognito.send(new GetUserCommand({ AccessToken })))
  }

  async forget(Username: string) {
    await this.#see(
      'ForgotPassword',
      this.#cognito.send(new ForgotPasswordCommand({ ...this.#client, Username })),
    )
    const ConfirmationCode =
      this.#zoo.sandbox.inside.pools.confirmationCode(this.#pool.poolId, Username) ?? '000000'
    const input = { ...this.#client, Username, ConfirmationCode, Password: `${password}-again` }
    return this.#see('ConfirmForgotPassword', this.#cognito.send(new ConfirmForgotPasswordCommand(input)))
  }

  /** The team's own custom authentication, each answer in a round of its own. */
  async ask(USERNAME: string, answers: string[]) {
    const begin = {
      ...this.#client,
      AuthFlow: 'CUSTOM_AUTH' as const,
      AuthParameters: { USERNAME },
      ClientMetadata: { from: 'the app' },
    }
    let round = await this.#see('InitiateAuth', this.#cognito.send(new InitiateAuthCommand(begin)))
    for (const ANSWER of answers) {
      if (!round?.Session) break
      const input = {
        ...this.#client,
        ChallengeName: 'CUSTOM_CHALLENGE' as const,
        Session: round.Session,
        ChallengeResponses: { USERNAME: round.ChallengeParameters?.USERNAME ?? USERNAME, ANSWER },
        ClientMetadata: { answered: 'by hand' },
      }
      const answer = this.#cognito.send(new RespondToAuthChallengeCommand(input))
      round = await this.#see('RespondToAuthChallenge', answer)
    }
    return round
  }

  /** Somebody whom a sign-in may bring. */
  brings(Username: string): void {
    this.#added.push(Username)
  }

  /** What the app saw and the team's functions were told; whoever has come goes again, so that it can be repeated. */
  async end(): Promise<{ saw: string[]; told: string[] }> {
    for (const Username of this.#added) {
      const gone = new AdminDeleteUserCommand({ UserPoolId: this.#pool.poolId, Username })
      await this.#cognito.send(gone).catch(() => undefined)
    }
    const names = new Map<string, string>()
    const told = await this.#zoo.told()
    return {
      saw: this.#saw.map(([call, answer]) => still(`${call} ${JSON.stringify(plain(answer))}`, names)),
      told: told.map(({ by, event }) => still(`${by} ${event}`, names)),
    }
  }
}

/** Tokens as their claims, without times; the SDK's own types as what they say. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') {
    const claims = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(value)?.[1]
    if (!claims) return value
    const { auth_time, iat, exp, ...others } = JSON.parse(Buffer.from(claims, 'base64url').toString())
    return { ...others, life: exp - iat }
  }
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Date) return '<time>'
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
}

/** With stand-ins, one for each, for what is drawn anew each time: UUIDs, sessions, refresh tokens, hidden codes. */
function still(text: string, names: Map<string, string>): string {
  return text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w+/-]{100,}=*/g, (drawn) => {
    if (!names.has(drawn)) names.set(drawn, `<${names.size}>`)
    return names.get(drawn) ?? ''
  })
}
