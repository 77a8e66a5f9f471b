// A stage on a sandbox of its own: real clients, a clock that moves the sandbox's time instead of waiting.
import { createHash } from 'node:crypto'
import { type Aws, createClients } from '../../src/aws/clients.ts'
import type { Clock } from '../../src/clock.ts'
import { applyPlan } from '../../src/engine/apply.ts'
import { readStack } from '../../src/engine/have.ts'
import { type Plan, planDeploy, planDestroy } from '../../src/engine/plan.ts'
import type { AnyResource, Artifact, Inputs } from '../../src/engine/resource.ts'
import { type FunctionName, functionNames, type Place } from '../../src/names.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts'
import type { Settings } from '../../src/settings/schema.ts'
import { resourcesOf } from '../../src/stage/resources.ts'
import { reachDirectly } from '../sandbox/direct.ts'
import { zipOf } from '../sandbox/lambda/zip.ts'

export const settings: Settings = {
  sendzenApiUrl: 'https://api.sendzen.io/v1/messages',
  whatsappFrom: '15550100000',
  whatsappTemplateName: 'otp',
  whatsappLanguages: ['en_US'],
  allowedCountries: ['US'],
  otpLength: 6,
  otpExpiryMinutes: 5,
  maxLoginAttempts: 3,
  resendCooldownSeconds: 45,
  maxSendsPerHour: 5,
  maxSendsPerDay: 10,
  maxChecksPerHour: 10,
  maxChecksPerDay: 20,
  poolSendsPerHour: 200,
  poolSendsPerDay: 1000,
  blockSendsPerHour: 10,
  blockSendsPerDay: 20,
  poolSignupsPerHour: 100,
  poolSignupsPerDay: 500,
  signupAttributes: [],
  maxSmsPerDay: 3,
  poolSmsPerHour: 20,
  poolSmsPerDay: 100,
  lockAfterFailures: 0,
  deliveryWebhook: false,
  smsFallback: false,
  smsSenderId: 'none',
  smsOriginationNumber: 'none',
  smsIndiaEntityId: 'none',
  smsIndiaTemplateId: 'none',
  smsIndiaText: 'none',
  userPoolId: 'none',
  signUp: true,
  trustUnverifiedNumbers: false,
  clientSecret: false,
  userPoolTier: 'LITE',
  logLevel: 'INFO',
  logRetentionDays: 30,
  alarms: false,
  alarmEmail: 'none',
  alarmTopicArn: 'none',
  deletionProtection: false,
  permissionsBoundary: 'none',
}

/** What the handler below says in each challenge; complete, as the check after a deploy wants it. */
export const challenge = {
  status: 'sent',
  destination: '+•••••••••••',
  channel: 'whatsapp',
  codeLength: '6',
  expiresIn: '300',
  resendIn: '45',
  attemptsLeft: '3',
}

/** The least that signs nobody in but answers every trigger; `said` is what a challenge says. */
export const handlerSaying = (said: object) => `export const handler = async (event) => {
  if (event.triggerSource.startsWith('Define')) event.response = { challengeName: 'CUSTOM_CHALLENGE', issueTokens: false, failAuthentication: false }
  if (event.triggerSource.startsWith('Create')) event.response = { publicChallengeParameters: ${JSON.stringify(said)}, privateChallengeParameters: {} }
  return event
}`

export const handler = handlerSaying(challenge)

export async function artifactOf(source: string): Promise<Artifact> {
  const zip = zipOf({ 'index.mjs': source })
  return { zip, sha256: createHash('sha256').update(zip).digest('base64') }
}

export class StageFixture {
  readonly sandbox: Sandbox
  readonly aws: Aws
  readonly place: Place
  inputs: Inputs

  private constructor(sandbox: Sandbox, artifact: Artifact) {
    this.sandbox = sandbox
    this.place = { stage: 'dev', account: sandbox.account, region: sandbox.region, partition: 'aws' }
    const clock: Clock = {
      now: sandbox.clock.now,
      steady: sandbox.clock.now,
      sleep: async (ms) => sandbox.clock.advance(ms),
    }
    const clients = createClients({ env: sandbox.env(), region: sandbox.region })
    this.aws = { ...clients, place: this.place, clock }
    this.inputs = {
      place: this.place,
      settings,
      said: new Set(),
      secrets: { sendzenApiKey: 'key-of-the-test' },
      artifacts: Object.fromEntries(functionNames.map((name) => [name, artifact])) as Record<
        FunctionName,
        Artifact
      >,
      version: '1.2.3',
    }
  }

  static async start(options: SandboxOptions = {}): Promise<StageFixture> {
    // Where nothing stays that an update leaves out, whatever it should have sent back shows.
    const strict: SandboxOptions = { world: { omittedPoolFields: 'reset' }, ...options }
    const [sandbox, artifact] = await Promise.all([startSandbox(strict), artifactOf(handler)])
    await reachDirectly(sandbox.endpoint)
    return new StageFixture(sandbox, artifact)
  }

  resources(): AnyResource[] {
    return resourcesOf(this.place, this.inputs.settings)
  }

  change(changed: Partial<Settings>): void {
    this.inputs = { ...this.inputs, settings: { ...this.inputs.settings, ...changed } }
  }

  async plan(): Promise<Plan> {
    const resources = this.resources()
    return planDeploy(resources, this.inputs, await readStack(this.aws, resources))
  }

  /** Deploys everything, or only what `include` names. Gives the results; throws what the first failed step threw. */
  async deploy(include: (id: string) => boolean = () => true) {
    const resources = this.resources().filter((resource) => include(resource.id))
    const observed = await readStack(this.aws, resources)
    const plan = planDeploy(resources, this.inputs, observed)
    return this.#play({ plan, resources, observed, inputs: this.inputs })
  }

  async destroy() {
    const resources = this.resources()
    const observed = await readStack(this.aws, resources)
    return this.#play({ plan: planDestroy(resources, observed), resources, observed })
  }

  async #play(options: Omit<Parameters<typeof applyPlan>[0], 'aws'>) {
    const applied = await applyPlan({ aws: this.aws, ...options })
    const failed = applied.results.find((result) => result.status === 'failed')
    if (failed) throw failed.error
    return applied
  }

  close(): Promise<void> {
    return this.sandbox.close()
  }
}
