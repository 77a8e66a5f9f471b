// A stage deployed into a sandbox of its own by the product's own code, with time, faults and events in hand.
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { expect, it, onTestFinished } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import type { MasterKeyDocument } from '../../src/core/master-key.ts'
import type { ProviderKeyDocument } from '../../src/core/provider-key.ts'
import { arns, type ClientKind, names, type Trigger, triggerNames } from '../../src/names.ts'
import { noteFindings } from '../../src/resources/findings.ts'
import { readMasterKey } from '../../src/resources/master-key.ts'
import { readProviderKey } from '../../src/resources/provider-key.ts'
import type { InvokeResult } from '../../src/sandbox/account/provided.ts'
import type { Unsettled } from '../../src/sandbox/account/unsettled.ts'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { type SettingKey, type Settings, schema } from '../../src/settings/schema.ts'
import { playDeploy, prepareDeploy } from '../../src/stage/deploy.ts'
import { openStage } from '../../src/stage/stage.ts'
import { App, type Asked } from './app.ts'
import { Evidence } from './evidence.ts'

/** An event as Cognito hands it to a trigger. */
export interface TriggerEvent {
  triggerSource: string
  userPoolId: string
  userName: string
  callerContext: { clientId: string }
  request: Record<string, unknown>
  response: Record<string, unknown>
}

export interface Invocation {
  trigger: Trigger
  event: TriggerEvent
  result?: InvokeResult
}

const stageName = 'flow'
const noon = Date.UTC(2026, 10, 23, 12)

interface StageClock {
  now(): number
  advance(ms: number): void
  moveTo(at: number): void
}

/** Time passes only while functions run, and when a test moves it: what a test waits for is exact that way. */
function clockAt(start: number): StageClock {
  let at = start
  return {
    now: () => at,
    advance: (ms) => {
      at += ms
    },
    moveTo: (to) => {
      at = to
    },
  }
}

export class Stage {
  readonly sandbox: OpenSandbox
  readonly app: App
  readonly evidence: Evidence
  aws!: Aws
  poolId = ''
  clientIds: Record<ClientKind, string> = { signup: '', login: '' }
  /** Everything that Cognito asked of the triggers, oldest first. */
  readonly invocations: Invocation[] = []
  /** How often each event is delivered. Cognito does that when no answer comes in time; the last answer counts. */
  deliveries: Partial<Record<Trigger, number>> = {}
  readonly clock: StageClock
  #phones = 0
  #cold = 0
  #settings: Record<string, string> = {}
  #inForce: Settings | undefined

  private constructor(sandbox: OpenSandbox, clock: StageClock) {
    this.sandbox = sandbox
    this.clock = clock
    sandbox.inside.aroundInvoke(async (request, next) => {
      const trigger = triggerNames.find((name) => request.functionArn.endsWith(`-${name}`))!
      let result: InvokeResult | undefined
      for (let n = this.deliveries[trigger] ?? 1; n > 0; n--) {
        const invocation: Invocation = { trigger, event: structuredClone(request.payload) as TriggerEvent }
        this.invocations.push(invocation)
        const began = { at: clock.now(), ticks: performance.now() }
        result = await next(request)
        const ended = began.at + Math.ceil(performance.now() - began.ticks)
        clock.moveTo(Math.max(clock.now(), ended))
        invocation.result = result
      }
      return result!
    })
    this.app = new App(this)
    this.evidence = new Evidence(this)
  }

  /** `settings` by the names of their variables; what is left out has its default. */
  static async open(settings: Record<string, string> = {}, world: Partial<Unsettled> = {}): Promise<Stage> {
    const clock = clockAt(noon)
    const stage = new Stage(await startOpenSandbox({ pageSize: 100, now: clock.now, world }), clock)
    await stage.deploy(settings)
    return stage
  }

  /** Deploys again, with these settings over those of before. */
  async deploy(settings: Record<string, string> = {}, clock: Clock = systemClock): Promise<void> {
    this.#settings = { ...this.#settings, ...settings }
    const env = { ...this.sandbox.env(), ...this.#settings }
    const opened = await openStage({
      sources: { flags: {}, env, processEnv: env, file: {}, trusted: new Set<string>() },
      target: {
        stage: stageName,
        stageIsExplicit: true,
        region: this.sandbox.region,
        profile: undefined,
        account: undefined,
      },
      clock,
    })
    const prepared = await prepareDeploy(opened)
    this.#inForce = prepared.inputs.settings
    const { refs } = await playDeploy(prepared, () => {})
    // What a test changes by hand, it changes whoever holds the stage.
    opened.aws.gate.hold({ isFresh: () => true, confirm: async () => {} })
    // What the check at the end of a deploy finds out.
    const isChanging = this.sandbox.inside.world.unsettled.standInName === 'changing'
    await noteFindings(opened.aws, { standIn: isChanging ? 'changing' : 'stable' })
    this.aws = opened.aws
    this.poolId = refs.userPoolId!
    this.clientIds = { signup: refs.signupClientId!, login: refs.loginClientId! }
  }

  /** Deploys other settings for the running test; when it is over, those of before are in force again. */
  async deployForTest(settings: Record<string, string>): Promise<void> {
    const before = Object.entries(this.#inForce ?? {})
      .map(([key, value]) => [schema[key as SettingKey].env, String(value)] as const)
      .filter(([name]) => name in settings)
    onTestFinished(() => this.deploy(Object.fromEntries(before)))
    await this.deploy(settings)
  }

  async close(): Promise<void> {
    await this.sandbox.close()
  }

  /** An American number that nobody has had yet, in a block of ten thousand of its own. */
  newPhone(): string {
    return `+1212${200 + this.#phones++}0142`
  }

  /** Invokes a function as Cognito would, with an event of the test's own making or one seen before. */
  async invoke(trigger: Trigger, event: TriggerEvent): Promise<Record<string, unknown>> {
    const { place } = this.aws
    const result = await this.sandbox.inside.invoke({
      functionArn: arns.function(place, trigger),
      principal: 'cognito-idp.amazonaws.com',
      sourceArn: arns.pool(place, this.poolId),
      sourceAccount: place.account,
      payload: structuredClone(event),
      timeoutMs: 60_000,
    })
    if (result.kind !== 'answer') throw new Error(`${trigger}: ${JSON.stringify(result)}`)
    return (result.payload as TriggerEvent).response
  }

  /** The last event that went to this trigger. */
  lastEvent(trigger: Trigger): TriggerEvent {
    return structuredClone(this.invocations.findLast((one) => one.trigger === trigger)!.event)
  }

  /** What Verify is asked when this answer is given: for tests that a session, good for one answer, cannot do. */
  answerEvent(to: Asked, answer: string): TriggerEvent {
    const created = this.invocations.findLast(
      ({ trigger, event }) => trigger === 'createAuthChallenge' && event.userName === to.username,
    )
    if (created?.result?.kind !== 'answer') throw new Error('This challenge was not created')
    const { privateChallengeParameters } = (created.result.payload as TriggerEvent).response
    const { userAttributes, userNotFound } = created.event.request
    return structuredClone({
      ...created.event,
      triggerSource: 'VerifyAuthChallengeResponse_Authentication',
      request: { userAttributes, userNotFound, privateChallengeParameters, challengeAnswer: answer },
      response: { answerCorrect: null },
    })
  }

  /** Whether the deployed Verify takes an answer. */
  async judge(event: TriggerEvent): Promise<boolean> {
    return (await this.invoke('verifyAuthChallenge', event)).answerCorrect === true
  }

  /** The next invocation of this function, and those after it, get a new process with these variables. */
  async restart(trigger: Trigger, variables: Record<string, string> = {}): Promise<void> {
    const FunctionName = names.function(stageName, trigger)
    const { lambda } = this.aws
    const now = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Description: `start ${++this.#cold}`,
        Environment: { Variables: { ...now.Environment?.Variables, ...variables } },
      }),
    )
  }

  /** Makes a user as an administrator does, with these attributes. Answers the number. */
  async addUser(attributes: Record<string, string> = {}): Promise<string> {
    const phone = this.newPhone()
    await this.aws.cognito.send(
      new AdminCreateUserCommand({ UserPoolId: this.poolId, Username: phone, MessageAction: 'SUPPRESS' }),
    )
    await this.setAttributes(phone, attributes)
    return phone
  }

  /** A user who has proven this number before. */
  addProvenUser(): Promise<string> {
    return this.addUser({ phone_number_verified: 'true', 'custom:whatsapp_verified': 'true' })
  }

  async setAttributes(user: string, attributes: Record<string, string>): Promise<void> {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
    await this.aws.cognito.send(
      new AdminUpdateUserAttributesCommand({ UserPoolId: this.poolId, Username: user, UserAttributes }),
    )
  }

  async attributesOf(user: string): Promise<Record<string, string>> {
    const found = await this.aws.cognito.send(
      new AdminGetUserCommand({ UserPoolId: this.poolId, Username: user }),
    )
    return Object.fromEntries((found.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]))
  }

  async secrets(): Promise<MasterKeyDocument & ProviderKeyDocument> {
    const [masterKey, providerKey] = await Promise.all([readMasterKey(this.aws), readProviderKey(this.aws)])
    return { ...masterKey!, ...providerKey! }
  }

  /** The calls that functions made to AWS since `from`, as `dynamodb.PutItem`. */
  callsOfFunctions(from = 0): string[] {
    return this.sandbox.calls
      .slice(from)
      .filter((call) => call.caller.roleName)
      .map((call) => `${call.service}.${call.operation}`)
  }
}

/** Runs a task `times` times, at most `atOnce` of them together: each needs a process of its own. */
export async function inParallel<T>(
  times: number,
  task: (n: number) => Promise<T>,
  atOnce = 20,
): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const work = async () => {
    for (let n = next++; n < times; n = next++) results[n] = await task(n)
  }
  await Promise.all(Array.from({ length: Math.min(times, atOnce) }, work))
  return results
}

/** The last test of a file: looks for secrets in what it and all tests before it left behind. */
export function keepsItsSecrets(stage: () => Stage): void {
  it('has put no code, key, token, session or whole number into a log or the table', async () => {
    const { app } = stage()
    const asked = await app.begin()
    await app.answer(asked, asked.code)
    expect(await stage().evidence.leaks()).toEqual([])
  })
}
