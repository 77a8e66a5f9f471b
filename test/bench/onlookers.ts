// Part onlookers: whether the time that a sign-in takes to begin tells a stranger anything about a number.
import {
  AdminCreateUserCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { names } from '../../src/names.ts'
import { keysOf } from '../sandbox/lambda/signed.ts'
import type { Part } from './part.ts'
import type { Row } from './rows.ts'
import { kolmogorovSmirnov, spreadOf, timed } from './samples.ts'
import { type BenchStage, openStage, phoneOf } from './stage.ts'

/** As many of each kind that none meets a limit: each is asked for about every three hours. */
const crowd = 40
const between = 5 * 60_000

interface Group {
  /** The number of the sample with this index. */
  phone(index: number): string
  /** What comes over its message. */
  before?(): void
}

export const onlookers: Part = async ({ samples, say }) => {
  const stage = await openStage({ BLOCK_SENDS_PER_HOUR: '1', BLOCK_SENDS_PER_DAY: '20' })
  try {
    const groups = await makeGroups(stage)
    const cold = await coldStarts(stage)
    const rows: Row[] = []
    for (const temperature of ['warm', 'cold']) {
      say(`… ${temperature}`)
      const count = samples(300)
      const taken = await beginAll(stage, groups, count, temperature === 'cold' ? cold : async () => {})
      rows.push(...rowsOf(temperature, taken, count))
    }
    return rows
  } finally {
    await stage.close()
  }
}

/** Everybody whom a stranger must not tell apart. */
async function makeGroups(stage: BenchStage): Promise<Record<string, Group>> {
  const { sandbox } = stage
  const { endpoint, region } = sandbox
  const cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials: keysOf(sandbox) })
  const UserPoolId = stage.poolId
  const some = (from: number) => Array.from({ length: crowd }, (_, n) => phoneOf(from + n))
  const make = async (phone: string, attributes: Record<string, string>) => {
    await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username: phone, MessageAction: 'SUPPRESS' }))
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
    if (UserAttributes.length === 0) return
    await cognito.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username: phone, UserAttributes }))
  }
  const proof = { phone_number_verified: 'true', 'custom:whatsapp_verified': 'true' }
  const [proven, unproven, unreachable] = [some(0), some(100), some(200)]
  const block = Array.from({ length: crowd }, (_, n) => `+1212555${1000 + n}`)
  const foreign = Array.from({ length: crowd }, (_, n) => `+1876555${1000 + n}`)
  const changed = some(400)
  for (const phone of [...proven, ...unreachable]) await make(phone, proof)
  for (const phone of [...unproven, ...block]) await make(phone, {})
  for (const [n, phone] of changed.entries()) {
    const own = phoneOf(300 + n)
    await make(own, proof)
    const replaced = [{ Name: 'phone_number', Value: phone }]
    const update = { UserPoolId, Username: own, UserAttributes: replaced }
    await cognito.send(new AdminUpdateUserAttributesCommand(update))
  }
  for (const [n, phone] of foreign.entries()) {
    const own = phoneOf(500 + n)
    await make(own, proof)
    const moved = Object.entries({ phone_number: phone, ...proof })
    const UserAttributes = moved.map(([Name, Value]) => ({ Name, Value }))
    await cognito.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username: own, UserAttributes }))
  }
  cognito.destroy()
  const of = (phones: string[]): Group => ({ phone: (index) => phones[index % crowd]! })
  return {
    proven: of(proven),
    unknown: { phone: (index) => phoneOf(1000 + index) },
    unproven: of(unproven),
    changed: of(changed),
    'refused country': of(foreign),
    'not on WhatsApp': { ...of(unreachable), before: () => sandbox.sendzen.failNext('notOnWhatsApp') },
    'closed block': of(block),
  }
}

/** Gives the next invocation of Create a process of its own, which has nothing open and knows of nothing. */
async function coldStarts({ sandbox }: BenchStage): Promise<() => Promise<void>> {
  const { endpoint, region } = sandbox
  const lambda = new LambdaClient({ endpoint, region, credentials: keysOf(sandbox) })
  const FunctionName = names.function('bench', 'createAuthChallenge')
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  const Variables = Environment?.Variables
  let starts = 0
  return async () => {
    const Description = `start ${++starts}`
    const update = { FunctionName, Description, Environment: { Variables } }
    await lambda.send(new UpdateFunctionConfigurationCommand(update))
  }
}

/** Milliseconds of each group, one sample of each in every round, in an order that chance makes. */
async function beginAll(
  stage: BenchStage,
  groups: Record<string, Group>,
  count: number,
  first: () => Promise<void>,
): Promise<Map<string, number[]>> {
  const taken = new Map(Object.keys(groups).map((name): [string, number[]] => [name, []]))
  for (let index = 0; index < count; index++) {
    stage.sandbox.clock.advance(between)
    for (const name of shuffled(Object.keys(groups))) {
      await first()
      // As a provider far away would, if everything took a tenth of the time.
      stage.sandbox.sendzen.slowMs = 25 + Math.random() * Math.random() * 60
      groups[name]!.before?.()
      taken.get(name)?.push(await timed(() => stage.begin(groups[name]!.phone(index))))
    }
  }
  stage.sandbox.sendzen.slowMs = 0
  return taken
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => [Math.random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one)
}

function rowsOf(temperature: string, taken: Map<string, number[]>, count: number): Row[] {
  const part = `Onlookers, ${temperature}`
  const known = taken.get('proven') ?? []
  const chance = 1.63 * Math.sqrt(2 / count)
  return [...taken].flatMap(([name, times]): Row[] => {
    const begun = { part, what: `${name}, InitiateAuth`, unit: 'ms', value: spreadOf(times) }
    if (name === 'proven') return [begun]
    const value = kolmogorovSmirnov(known, times)
    const note = `above ${chance.toFixed(3)} the two differ at the 1 % level`
    return [begun, { part, what: `${name} against proven, Kolmogorov-Smirnov`, unit: '', value, note }]
  })
}
