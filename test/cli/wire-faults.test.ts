// Every request of a command broken on the wire, in every way: the command ends in words of ours, and where it does not
// end well, the same command run again does.

import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { describe, expect, it } from 'vitest'
import { callLimits } from '../../src/aws/calls.ts'
import { createClients } from '../../src/aws/clients.ts'
import { answerChallenge, type Round, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { type Hurry, hurry } from '../sandbox/hurry.ts'
import { faults, firstsOf, startWire, type Wire, type WireFault } from '../wire/wire.ts'
import { type Result, Terminal } from './terminal.ts'

const limits = { ...callLimits, attemptMs: 400, boundMs: 2_000, silenceMs: 60_000 }

interface Scene {
  name: string
  /** The command whose requests are broken. */
  line: string
  env?: Record<string, string>
  /** Makes what the command works on, before each run. */
  before(stage: Stage): Promise<void>
  /** Whether it has come out as it should. */
  isRight(stage: Stage): Promise<string | undefined>
}

class Stage {
  readonly terminal: Terminal
  readonly wire: Wire
  readonly #hurry: Hurry
  readonly #env: Record<string, string>
  pending: Extract<Round, { kind: 'challenge' }> | undefined
  constructor(terminal: Terminal, wire: Wire, haste: Hurry) {
    this.terminal = terminal
    this.wire = wire
    this.#hurry = haste
    const { endpoint } = terminal.sandbox
    this.#env = Object.fromEntries(
      Object.entries(terminal.sandbox.env()).map(([name, value]) => [
        name,
        value.replace(endpoint, wire.url),
      ]),
    )
  }
  static async start(): Promise<Stage> {
    const terminal = await Terminal.start({ pageSize: 20 })
    return new Stage(terminal, await startWire(terminal.sandbox.endpoint), await hurry())
  }
  /** With nothing broken; the time of a call is the usual, since a busy machine is slow. */
  run(line: string, env: Record<string, string> = {}): Promise<Result> {
    this.wire.breaks = undefined
    return this.terminal.run(line, { env: { ...this.#env, ...env } })
  }
  /** With what the wire breaks, and little patience. */
  runBroken(line: string, env: Record<string, string> = {}): Promise<Result> {
    return this.terminal.run(line, { limits, env: { ...this.#env, ...env } })
  }
  async well(line: string, env: Record<string, string> = {}): Promise<void> {
    const { code, stderr } = await this.run(line, env)
    if (code !== 0) throw new Error(`${line}: ${stderr}`)
  }
  async close() {
    this.#hurry.end()
    await this.wire.close()
    await this.terminal.close()
  }
}

const plain = { OTP_EXPIRY_MINUTES: '5', LOG_RETENTION_DAYS: '30', SMS_FALLBACK: 'false' }
const changed = { OTP_EXPIRY_MINUTES: '9', LOG_RETENTION_DAYS: '7', SMS_FALLBACK: 'true' }
const noChange = async (stage: Stage, env: Record<string, string> = {}) => {
  const { code, stderr } = await stage.run('plan --detailed-exitcode', env)
  return code === 0 ? undefined : stderr
}
const isEmpty = async ({ terminal }: Stage) => {
  const left = terminal.sandbox.inventory()
  return left.length === 0 ? undefined : JSON.stringify(left)
}

/** The user of the tests, with a code that is on its way and messages that are counted. */
const phone = '+15550100001'
async function userWithCode(stage: Stage): Promise<void> {
  await stage.well('deploy --no-verify')
  const { sandbox } = stage.terminal
  sandbox.clock.advance(86_400_000)
  const client = await appOf(stage)
  await signUp(client.cognito, client.signup, phone)
  const round = await startSignIn(client.cognito, client.login, phone)
  if (round.kind !== 'challenge' || round.parameters.status !== 'sent') throw new Error(JSON.stringify(round))
  stage.pending = round
}
async function appOf({ terminal }: Stage) {
  const { cognito } = createClients({ env: terminal.sandbox.env(), region: 'us-east-1' })
  const { outputs } = JSON.parse((await terminal.run('outputs --json')).stdout)
  return { cognito, signup: { clientId: outputs.signupClientId }, login: { clientId: outputs.loginClientId } }
}

const makeRole = async ({ terminal }: Stage) => {
  const { iam } = createClients({ env: terminal.sandbox.env(), region: 'us-east-1' })
  const trust = { Version: '2012-10-17', Statement: [] }
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'whatsapp-otp-dev-us-east-1-preSignUp',
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  )
}

const scenes: Scene[] = [
  {
    name: 'a first deploy',
    line: 'deploy',
    async before(stage) {
      if (await isEmpty(stage)) await stage.well('destroy --yes --stage dev')
    },
    isRight: (stage) => noChange(stage),
  },
  {
    name: 'a change',
    line: 'deploy',
    env: changed,
    before: (stage) => stage.well('deploy --no-verify', plain),
    isRight: (stage) => noChange(stage, changed),
  },
  {
    name: 'an adoption',
    line: 'deploy --adopt --yes',
    async before(stage) {
      if (await isEmpty(stage)) await stage.well('destroy --yes --stage dev')
      await makeRole(stage)
    },
    isRight: (stage) => noChange(stage),
  },
  {
    name: 'a destroy',
    line: 'destroy --yes --stage dev',
    before: (stage) => stage.well('deploy --no-verify'),
    isRight: isEmpty,
  },
  {
    name: 'rotate-key',
    line: 'rotate-key',
    async before(stage) {
      await stage.well('deploy --no-verify')
      const { ssm } = createClients({ env: stage.terminal.sandbox.env(), region: 'us-east-1' })
      const Name = '/whatsapp-otp-functions/dev/provider-key'
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))
      const Value = JSON.stringify({ ...JSON.parse(Parameter!.Value!), sendzenApiKey: 'sz_live_old' })
      await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }))
    },
    isRight: (stage) => noChange(stage),
  },
  {
    name: 'rotate-key --master',
    line: 'rotate-key --master',
    before: userWithCode,
    async isRight(stage) {
      const { cognito, login } = await appOf(stage)
      const { code } = stage.terminal.sandbox.inbox.list(phone).at(-1)!
      const round = await answerChallenge(cognito, login, stage.pending!, code)
      return round.kind === 'tokens' ? noChange(stage) : JSON.stringify(round)
    },
  },
  {
    name: 'users reset',
    line: `users reset ${phone} --yes`,
    before: userWithCode,
    async isRight(stage) {
      const { stdout } = await stage.terminal.run(`users show ${phone} --json`)
      return JSON.parse(stdout).user.counters.sendsLastHour === 0 ? undefined : stdout
    },
  },
]

/** What is broken in one run: kinds by the number of the request; for good, also whenever it is asked once more. */
interface Damage {
  broken: Map<number, WireFault>
  isForGood: boolean
}

/**
 * Each request once, some of them in one run, the kinds in turn; and every sixth for good. With WIRE=every each
 * request in each way, alone, once and for good.
 */
function damagesOf(requests: number): Damage[] {
  const numbers = Array.from({ length: requests }, (_, at) => at + 1)
  const alone = (some: number[], kinds: (nth: number) => readonly WireFault[], isForGood: boolean) =>
    some.flatMap((nth) => kinds(nth).map((kind) => ({ broken: new Map([[nth, kind]]), isForGood })))
  if (process.env.WIRE === 'every')
    return [false, true].flatMap((isForGood) => alone(numbers, () => faults, isForGood))
  const stride = Math.min(12, requests)
  const once = Array.from({ length: stride }, (_, first) => {
    const some = numbers.filter((nth) => nth % stride === first)
    const broken = new Map(some.map((nth, at) => [nth, faults[(at + first) % faults.length]!]))
    return { broken, isForGood: false }
  })
  const sixths = numbers.filter((nth) => nth % 6 === 0)
  return [...once, ...alone(sixths, (nth) => [faults[(nth / 6) % faults.length]!], true)]
}

const foreignWords = /inside whatsapp-otp|SyntaxError|Unexpected token|undefined|Deserialization|TypeError/

describe.concurrent('every request that is broken', () => {
  it.each(scenes.filter(({ name }) => name.includes(process.env.SCENE ?? '')))(
    '$name comes out right, at once or when it is run again',
    { timeout: 3_600_000 },
    async (scene) => {
      const stage = await Stage.start()
      await scene.before(stage)
      stage.wire.restart()
      expect((await stage.run(scene.line, scene.env)).code).toBe(0)
      const requests = firstsOf(stage.wire).map(({ operation }) => operation)
      const bad: string[] = []
      let [broken, repeated] = [0, 0]
      for (const damage of damagesOf(requests.length)) {
        await scene.before(stage)
        stage.wire.restart()
        const met: string[] = []
        const lasting = new Map<string, WireFault>()
        stage.wire.breaks = ({ nth, operation }) => {
          if (nth === undefined) return lasting.get(operation)
          const kind = damage.broken.get(nth)
          if (kind) met.push(`${kind} at ${operation}`)
          if (kind && damage.isForGood) lasting.set(operation, kind)
          return kind
        }
        const { code, stdout, stderr } = await stage.runBroken(scene.line, scene.env)
        broken += met.length
        const complain = (what: string, text: string) =>
          bad.push(`${what} after ${met.join(', ')}: ${text.slice(-600)}`)
        if (foreignWords.test(stdout + stderr)) complain('foreign words', stderr)
        if (code !== 0) {
          repeated++
          const again = await stage.run(scene.line, scene.env)
          const isGone = again.stderr.includes('There is nothing of stage')
          if (again.code !== 0 && !isGone) complain('not mended', again.stderr)
        }
        const wrong = await scene.isRight(stage)
        if (wrong) complain(`wrong (exit ${code})`, wrong)
      }
      await stage.close()
      process.stdout.write(
        `wire: ${scene.name}: ${broken} broken of ${requests.length} requests, ${repeated} runs repeated\n`,
      )
      expect(bad).toEqual([])
    },
  )
})

describe('credentials that expire', () => {
  const expired = { status: 403, name: 'ExpiredTokenException' }
  it.each([
    ['status', /functions/],
    ['deploy --otp-length 8', /^GetParameter$/],
    ['deploy --otp-length 8', /^PutItem$/],
    ['deploy --otp-length 8', /^PUT .*configuration$/],
    // What proves that it works.
    ['deploy --otp-length 8', /^GET .*configuration$/],
    ['destroy --yes --stage dev', /^DeleteParameter/],
    ['destroy --yes --stage dev', /^DeleteTable$/],
    ['users show +15550100001', /^AdminGetUser$/],
    ['logs', /^FilterLogEvents$/],
    ['stages', /^GetParametersByPath$/],
    ['rotate-key --master', /^PutParameter$/],
  ])('%s, from %s on, ends with exit code 4', async (line, from) => {
    const stage = await Stage.start()
    await stage.well('deploy --no-verify')
    let isOver = false
    stage.wire.breaks = ({ operation }) => {
      isOver ||= from.test(operation)
      return isOver && operation !== 'InitiateAuth' ? expired : undefined
    }
    const { code, stderr } = await stage.runBroken(line)
    expect([code, stderr]).toEqual([4, expect.stringContaining('the credentials have expired')])
    expect(stderr).not.toContain('not working')
    await stage.close()
  })
})
