// Secrets that an older version has left below the records are moved by a deploy, whatever happens to it meanwhile.
import * as lambda from '@aws-sdk/client-lambda'
import * as ssm from '@aws-sdk/client-ssm'
import type { InitializeMiddleware, MetadataBearer, MiddlewareStack } from '@smithy/types'
import { afterEach, describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { isChange } from '../../src/aws/gate.ts'
import { newMasterKey, withNewMasterKey } from '../../src/core/master-key.ts'
import { arns, names } from '../../src/names.ts'
import { readMasterKey } from '../../src/resources/master-key.ts'
import { readTexts } from '../../src/resources/parameter.ts'
import { readProviderKey } from '../../src/resources/provider-key.ts'
import { lifelike } from '../../src/sandbox/account/world.ts'
import { type FormerDocument, formerCode, makeFormer, putFormer, readers } from '../resources/former.ts'
import { survive, unitsOf, wordsFor } from './faults.ts'
import { clientsOf, Runs } from './runs.ts'

let runs: Runs
afterEach(() => runs.close())

const [former, masterKey, providerKey, findings] = [
  names.secrets('dev'),
  names.masterKey('dev'),
  names.providerKey('dev'),
  names.findings('dev'),
]

/** A stage as an older version has left it; gives what its parameter holds. */
async function start(change?: (document: FormerDocument) => FormerDocument): Promise<FormerDocument> {
  runs = await Runs.start({ pageSize: 20 })
  await runs.deploy()
  return makeFormer((await runs.byHand()).aws, change)
}

/** What differs from a stage that has moved whole, with what the old parameter held; empty for one that has. */
async function complaints({ sendzenApiKey, ...master }: FormerDocument): Promise<string[]> {
  const { aws } = await runs.byHand()
  const { plan } = await runs.plan()
  const names = runs.sandbox.inventory().map(({ name }) => name)
  const { Configuration } = await aws.lambda.send(
    new lambda.GetFunctionCommand({ FunctionName: 'whatsapp-otp-dev-verifyAuthChallenge' }),
  )
  const said = {
    changes: plan.filter(({ action }) => action !== 'keep').map(({ id, action }) => `${action} ${id}`),
    left: names.filter((name) => name === former),
    missing: [masterKey, providerKey, findings].filter((name) => !names.includes(name)),
    master: JSON.stringify(await readMasterKey(aws)) === JSON.stringify(master) ? [] : ['other master key'],
    provider: (await readProviderKey(aws))?.sendzenApiKey === sendzenApiKey ? [] : ['other provider key'],
    variable: 'SECRETS_PARAMETER' in (Configuration?.Environment?.Variables ?? {}) ? ['old variable'] : [],
    policy: readers.filter((trigger) => allows(aws, trigger, 'ssm:GetParameter', former)),
  }
  return Object.entries(said).flatMap(([what, all]) => all.map((one) => `${what}: ${one}`))
}

function allows({ place }: Aws, trigger: (typeof readers)[number], action: string, name: string): boolean {
  const role = runs.sandbox.inside.findRole(arns.role(place, trigger))
  return role?.allows(action, arns.parameter(place, name)) === true
}

/** What keeps the code that a function has at this moment from its secrets; empty when nothing does. */
async function obstacles(aws: Aws, document: FormerDocument): Promise<string[]> {
  const texts = await readTexts(aws, [former, masterKey, providerKey])
  const all = readers.map(async (trigger) => {
    const FunctionName = names.function('dev', trigger)
    const { Configuration } = await aws.lambda.send(new lambda.GetFunctionCommand({ FunctionName }))
    const variables = Configuration?.Environment?.Variables ?? {}
    const isFormer = Configuration?.CodeSha256 === (await formerCode).sha256
    const reads = isFormer
      ? [former]
      : [masterKey, findings, ...(trigger === 'createAuthChallenge' ? [providerKey] : [])]
    const action = isFormer ? 'ssm:GetParameter' : 'ssm:GetParameters'
    const isTold = isFormer
      ? variables.SECRETS_PARAMETER === former
      : variables.MASTER_KEY_PARAMETER === masterKey
    const key = texts.get(isFormer ? former : masterKey) ?? '{}'
    return [
      ...(isTold ? [] : [`${trigger} is not told where they are`]),
      ...reads
        .filter((name) => !allows(aws, trigger, action, name))
        .map((name) => `${trigger} may not read ${name}`),
      ...(JSON.parse(key).otpMasterKey === document.otpMasterKey
        ? []
        : [`${trigger} has another master key`]),
    ]
  })
  return (await Promise.all(all)).flat()
}

/** While an update is under way, what was there before it still answers. */
async function areUnderWay({ lambda: client }: Aws): Promise<boolean> {
  const all = readers.map((trigger) =>
    client.send(new lambda.GetFunctionConfigurationCommand({ FunctionName: names.function('dev', trigger) })),
  )
  return (await Promise.all(all)).some(({ LastUpdateStatus }) => LastUpdateStatus === 'InProgress')
}

/** Lets every change of a run be followed by a look, before the run hears of it. */
const lookingAfter = (look: (operation: string) => Promise<void>) => (aws: Aws) => {
  for (const key of Object.values(clientsOf)) {
    const middleware: InitializeMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
      const outcome = await next(args)
      const operation = String(context.commandName).replace(/Command$/, '')
      if (isChange(operation)) await look(operation)
      return outcome
    }
    const client = aws[key] as unknown as { middlewareStack: { use(plugin: unknown): void } }
    client.middlewareStack.use({
      applyToStack: (stack: MiddlewareStack<object, MetadataBearer>) =>
        stack.add(middleware, { step: 'initialize', name: 'look' }),
    })
  }
}

describe('a deploy of a stage that an older version has made', () => {
  it('shows the move, makes it, and leaves nothing to do', async () => {
    const document = await start()
    const { plan } = await runs.plan()
    const steps = plan.filter(({ action }) => action !== 'keep')
    expect(steps.map(({ action, id, by }) => [action, id, by].filter(Boolean).join(' '))).toEqual([
      'create master-key move',
      'create provider-key move',
      'create findings',
      'create brake',
      'delete secrets',
      'update role-policy:preSignUp',
      'update role-policy:createAuthChallenge',
      'update role-policy:verifyAuthChallenge',
      'update function:preSignUp',
      'update function:createAuthChallenge',
      'update function:verifyAuthChallenge',
    ])
    expect(steps[0]?.fields).toEqual([{ field: 'content', to: `(as in ${former})` }])
    for (const secret of [document.otpMasterKey, document.sendzenApiKey, document.kid]) {
      expect(JSON.stringify(plan)).not.toContain(secret)
    }
    await runs.deploy()
    expect(await complaints(document)).toEqual([])
  })

  it('keeps every key of one that was rotated, and what it does not know', async () => {
    const document = await start(({ sendzenApiKey, ...master }) => {
      const { idMasterKey: _, ...without } = master as ReturnType<typeof newMasterKey>
      const rotated = [1, 2, 3].reduce((before) => withNewMasterKey(before, runs.clock.now()), without)
      return { sendzenApiKey, ...rotated, ofTomorrow: 'kept' } as FormerDocument
    })
    await runs.deploy()
    const { ofTomorrow, ...rest } = document
    expect(await complaints(rest)).toEqual([])
    const { aws } = await runs.byHand()
    expect(await readProviderKey(aws)).toMatchObject({ ofTomorrow })
    expect(await readMasterKey(aws)).toMatchObject({ older: expect.any(Array), previous: expect.any(Object) })
  })

  it.each(['PutParameter', 'PutRolePolicy'])(
    'leaves the code of both versions what it needs, at every moment, however slow %s is',
    async (slow) => {
      const document = await start()
      const { world } = runs.sandbox.inside
      // As AWS does: what was changed is not yet in force when the call is answered.
      world.delays = { ...lifelike, call: 0 }
      const { aws } = await runs.byHand()
      const seen: string[] = []
      const prepare = lookingAfter(async (operation) => {
        for (const one of await obstacles(aws, document)) seen.push(`after ${operation}: ${one}`)
        if (operation === 'DeleteParameter' && (await areUnderWay(aws))) seen.push('the old code still runs')
      })
      runs.sandbox.faults.add({ operation: slow, kind: 'slow', ms: 300, times: 3 })
      await runs.deploy({ prepare })
      expect(seen).toEqual([])
      runs.sandbox.clock.advance(lifelike.roleUsable)
      expect(await complaints(document)).toEqual([])
    },
  )

  it('takes a new key of the provider on the way', async () => {
    const document = await start()
    await runs.deploy({ env: { SENDZEN_API_KEY: 'another-key' } })
    const { aws } = await runs.byHand()
    expect(await readProviderKey(aws)).toEqual({ sendzenApiKey: 'another-key' })
    expect(await readMasterKey(aws)).toMatchObject({ otpMasterKey: document.otpMasterKey })
  })

  it('goes by what the older version has changed since a run was cut off', async () => {
    await start()
    const prepare = lookingAfter(async (operation) => {
      if (operation === 'UpdateFunctionConfiguration') throw new Error('cut off')
    })
    await expect(runs.deploy({ prepare })).rejects.toThrow()
    const { aws } = await runs.byHand()
    const changed = { sendzenApiKey: 'changed-since', ...newMasterKey() }
    await putFormer(aws, changed)
    const env = { SENDZEN_API_KEY: '' }
    expect((await runs.plan({ env })).plan).toContainEqual(
      expect.objectContaining({ id: 'master-key', action: 'update' }),
    )
    await runs.deploy({ env })
    expect(await readMasterKey(aws)).toMatchObject({ otpMasterKey: changed.otpMasterKey })
    expect(await readProviderKey(aws)).toEqual({ sendzenApiKey: 'changed-since' })
  })

  it('is made once by two at the same time', async () => {
    const document = await start()
    const outcomes = await Promise.allSettled([runs.deploy(), runs.deploy()])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(await complaints(document)).toEqual([])
  })

  it.each(['kill', 'fail-after'] as const)(
    'is finished by the next one, whichever call it ends with (%s)',
    { timeout: 240_000 },
    async (kind) => {
      await start()
      const { aws } = await runs.byHand()
      const calls = await runs.callsOf(() => runs.deploy())
      const units = unitsOf(calls, kind).filter(({ calls: [one] }) => one && isChange(one.operation))
      expect(units.length).toBeGreaterThan(10)
      for (const unit of units) {
        const document = await makeFormer(aws)
        await survive(runs, unit, { survived: 0 }, (options) => runs.deploy(options))
        expect(await complaints(document), unit.calls.map(wordsFor).join()).toEqual([])
      }
    },
  )
})

describe('what cannot be moved is refused with words, and nothing is lost', () => {
  const replace = async (Value: string, isTagged: boolean) => {
    const { aws } = await runs.byHand()
    await aws.ssm.send(new ssm.PutParameterCommand({ Name: former, Value, Overwrite: true }))
    if (isTagged) return
    const TagKeys = ['whatsapp-otp:stage', 'whatsapp-otp:managed-by']
    await aws.ssm.send(
      new ssm.RemoveTagsFromResourceCommand({ ResourceType: 'Parameter', ResourceId: former, TagKeys }),
    )
  }

  it.each([
    ['a parameter that cannot be read', true, 'REPLACE_REFUSED', 'cannot be read'],
    ['one of somebody else', false, 'FOREIGN_RESOURCE', 'did not make'],
  ])('%s', async (_, isTagged, code, why) => {
    await start()
    await replace('{"otpMasterKey":"short"}', isTagged)
    const before = runs.sandbox.calls.length
    const refused = { code, why: expect.stringContaining(why) }
    await expect(runs.deploy()).rejects.toMatchObject(refused)
    await expect(runs.deploy({ adopt: 'all' })).rejects.toMatchObject(refused)
    expect(runs.sandbox.calls.slice(before).filter(({ operation }) => isChange(operation))).toEqual([])
  })

  it('one function alone, whose code would look where nothing is yet', async () => {
    await start()
    await expect(runs.deploy({ only: new Set(['function:preSignUp']) })).rejects.toMatchObject({
      code: 'STAGE_NOT_MOVED',
      next: ['whatsapp-otp deploy --stage dev'],
    })
  })
})

it('a stage that has not moved is removed whole', async () => {
  await start()
  expect(await runs.destroy()).toEqual([])
  expect(runs.sandbox.inventory()).toEqual([])
})
