// The life of a stage in one world, as the commands live it: every use case against a sandbox of its own.
import { setImmediate } from 'node:timers/promises'
import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider'
import { InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../../src/aws/clients.ts'
import type { Clock } from '../../src/clock.ts'
import { hasChanges } from '../../src/engine/plan.ts'
import { problemsOf, readStatus } from '../../src/insight/status.ts'
import { sendTestMessage } from '../../src/messaging/test-message.ts'
import type { ClientKind } from '../../src/names.ts'
import type { Unsettled } from '../../src/sandbox/account/unsettled.ts'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { prepareDeploy } from '../../src/stage/deploy.ts'
import { prepareDestroy } from '../../src/stage/destroy.ts'
import { rollOut } from '../../src/stage/rollout.ts'
import { rotateMasterKey, rotateProviderKey } from '../../src/stage/rotate.ts'
import { sendingOf } from '../../src/stage/sending.ts'
import { type OpenStage, openStage } from '../../src/stage/stage.ts'
import { tearDown } from '../../src/stage/teardown.ts'
import { App } from '../flow/app.ts'
import { reachDirectly } from '../sandbox/direct.ts'

const progress = { run: <T>(_title: string, work: () => Promise<T>) => work(), emit() {}, warn() {} }

export class Life {
  readonly sandbox: OpenSandbox
  readonly app: App
  aws!: Aws
  clientIds: Record<ClientKind, string> = { signup: '', login: '' }
  /** Moves the sandbox's time instead of waiting. */
  readonly #clock: Clock
  #settings: Record<string, string> = {}
  #phones = 0

  private constructor(sandbox: OpenSandbox) {
    this.sandbox = sandbox
    const { now, advance } = sandbox.clock
    const sleep = async (ms: number) => {
      advance(ms)
      await setImmediate()
    }
    this.#clock = { now, steady: now, sleep }
    this.app = new App(this)
  }

  static async start(world: Partial<Unsettled>): Promise<Life> {
    const sandbox = await startOpenSandbox({ world })
    await reachDirectly(sandbox.endpoint)
    return new Life(sandbox)
  }

  /** As the commands do, with the settings of the last deploy in the environment. */
  async open(): Promise<OpenStage> {
    const env = { ...this.sandbox.env(), ...this.#settings }
    const place = { region: this.sandbox.region, profile: undefined, account: undefined }
    const stage = await openStage({
      sources: { flags: {}, env, processEnv: env, file: {}, trusted: new Set<string>() },
      target: { stage: 'dev', stageIsExplicit: true, ...place },
      clock: this.#clock,
    })
    this.aws = stage.aws
    return stage
  }

  /** With its check at the end; `settings` go over those of before. Gives the ids of the steps that were played. */
  async deploy(settings: Record<string, string> = {}): Promise<string[]> {
    this.#settings = { ...this.#settings, ...settings }
    const prepared = await prepareDeploy(await this.open())
    const { plan, refs } = await rollOut(prepared, { started: this.#clock.now() }, progress)
    this.clientIds = { signup: refs.signupClientId!, login: refs.loginClientId! }
    return plan.filter(({ action }) => action !== 'keep').map(({ id }) => id)
  }

  /** What is wrong with the stage, drift included; empty where all is well. */
  async complaints(): Promise<string[]> {
    const status = await readStatus(await this.open())
    const drift = status.plan.filter((step) => hasChanges([step])).map(({ id }) => `differs: ${id}`)
    return [...problemsOf(status), ...drift]
  }

  async rotate(): Promise<void> {
    await rotateMasterKey(await this.open(), progress)
    await rotateProviderKey(await this.open(), this.sandbox.env().SENDZEN_API_KEY!, progress)
  }

  /** What became of a message that `test-send` sent. */
  async testSend(): Promise<string | undefined> {
    const stage = await this.open()
    const { api, settings } = await sendingOf(stage)
    const message = { api, settings, to: this.newPhone(), capMs: 60_000, wait: true, clock: this.#clock }
    let last: string | undefined
    for await (const { status } of sendTestMessage(message, progress)) last = status
    return last
  }

  /** To the proof that nothing is left. */
  async destroy(): Promise<void> {
    const prepared = await prepareDestroy(await this.open())
    await tearDown(prepared, { started: this.#clock.now() }, progress)
  }

  /** Lets the cooldown of a number pass. */
  later(): void {
    this.sandbox.clock.advance(61_000)
  }

  newPhone(): string {
    return `+1212${200 + this.#phones++}0142`
  }

  async refresh(tokens: AuthenticationResultType): Promise<AuthenticationResultType> {
    const answer = await this.aws.cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        ClientId: this.clientIds.login,
        AuthParameters: { REFRESH_TOKEN: tokens.RefreshToken! },
      }),
    )
    return answer.AuthenticationResult!
  }

  close(): Promise<void> {
    return this.sandbox.close()
  }
}
