// Removing a stage, whatever is left of it by then, and keeping its users for the day on which it comes back.
import { setImmediate } from 'node:timers/promises'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-dynamodb'
import type { InitializeMiddleware } from '@smithy/types'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { operationOf } from '../../src/aws/gate.ts'
import { answerChallenge, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { arns } from '../../src/names.ts'
import { loadArtifacts } from '../../src/stage/artifacts.ts'
import { playDestroy, prepareDestroy, userIds } from '../../src/stage/destroy.ts'
import { takeLock } from '../../src/stage/lock/lock.ts'
import { editPool } from '../resources/by-hand.ts'
import { Runs } from './runs.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
process.stdout.write(`destroy: SEED=${seed}\n`)

let runs: Runs
beforeEach(async () => {
  runs = await Runs.start({ pageSize: 20 })
})
afterEach(() => runs.close())

describe('a destroy after a half-manual clean-up', () => {
  it('finishes, whichever resources are gone already', async () => {
    let state = seed
    const coin = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >> 8) % 2 === 0
    }
    for (let round = 0; round < 25; round++) {
      await runs.deploy()
      const { resources, observed } = await runs.plan()
      const { aws } = await runs.byHand()
      // In any order: what a person deletes first, AWS lets go as far as it can.
      const gone = resources.filter((resource) => observed.have.has(resource.id) && coin())
      for (const resource of gone) await resource.remove(aws, observed.have.get(resource.id))
      expect(await runs.destroy(), gone.map(({ id }) => id).join(', ')).toEqual([])
      expect(runs.sandbox.inventory()).toEqual([])
    }
  })

  it('that left a single resource removes that one', async () => {
    await runs.deploy()
    const { resources, observed: whole } = await runs.plan()
    const single = resources.filter(({ goesWith, id }) => !goesWith && id !== 'record' && whole.have.has(id))
    for (const last of single) {
      const { observed } = await runs.plan()
      const { aws } = await runs.byHand()
      for (const other of resources) {
        if (other.id === last.id || other.goesWith === last.id) continue
        const have = observed.have.get(other.id)
        if (have !== undefined && other.partOf !== last.id) await other.remove(aws, have)
      }
      expect(await runs.destroy(), last.id).toEqual([])
      expect(runs.sandbox.inventory(), last.id).toEqual([])
      await runs.deploy()
    }
  })
})

describe('deletion protection', () => {
  it('is lifted only where that was asked for', async () => {
    const env = { DELETION_PROTECTION: 'true' }
    await runs.deploy({ env })
    const before = runs.sandbox.inventory()
    await expect(runs.destroy({ liftProtection: false })).rejects.toMatchObject({
      code: 'DELETION_PROTECTED',
    })
    expect(runs.sandbox.inventory()).toEqual(before)
    expect(await runs.destroy()).toEqual([])
    expect(runs.sandbox.inventory()).toEqual([])
  })
})

describe('what AWS would not delete', () => {
  const addDomain = async (Domain = 'acme') => {
    const { userPoolId: UserPoolId } = (await runs.plan()).observed.refs
    const { aws } = await runs.byHand()
    await aws.cognito.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain }))
  }
  const command = expect.stringMatching(
    /^aws cognito-idp delete-user-pool-domain --domain acme --user-pool-id \S+ --region us-east-1$/,
  )

  it('is named before anything is deleted, with its command: a pool with a domain', async () => {
    await runs.deploy({ env: { DELETION_PROTECTION: 'true' } })
    await addDomain()
    const before = runs.sandbox.inventory()
    const error = { code: 'POOL_HAS_DOMAIN', exitCode: 1, next: [command, expect.anything()] }
    await expect(runs.destroy()).rejects.toMatchObject(error)
    expect(runs.sandbox.inventory()).toEqual(before)
  })

  it('is named before anything is deleted where it comes after the plan', async () => {
    for (const DELETION_PROTECTION of ['true', 'false']) {
      await runs.deploy({ env: { DELETION_PROTECTION } })
      const prepared = await prepareDestroy(await runs.open(), { liftProtection: true })
      await addDomain()
      const before = runs.sandbox.inventory()
      await expect(playDestroy(prepared, () => {})).rejects.toMatchObject({
        code: 'POOL_HAS_DOMAIN',
        next: [command, expect.anything()],
      })
      expect(runs.sandbox.inventory()).toEqual(before)
      const { aws } = await runs.byHand()
      const { userPoolId: UserPoolId } = (await runs.plan()).observed.refs
      const look = new cognito.DescribeUserPoolCommand({ UserPoolId })
      expect((await aws.cognito.send(look)).UserPool?.DeletionProtection).toBe(
        DELETION_PROTECTION === 'true' ? 'ACTIVE' : 'INACTIVE',
      )
      const Domain = 'acme'
      await aws.cognito.send(new cognito.DeleteUserPoolDomainCommand({ UserPoolId, Domain }))
      expect(await runs.destroy()).toEqual([])
    }
  })

  it('is no matter where it stays', async () => {
    await runs.deploy()
    await addDomain()
    expect(await runs.destroy({ keep: userIds })).toEqual([])
  })

  it('is named before anything is deleted, with its command: a protected table', async () => {
    await runs.deploy()
    const before = runs.sandbox.inventory()
    await expect(runs.destroy({ prepare: protectTable })).rejects.toMatchObject({
      code: 'TABLE_PROTECTED',
      exitCode: 1,
      next: [
        'aws dynamodb update-table --table-name whatsapp-otp-dev --no-deletion-protection-enabled --region us-east-1',
        'whatsapp-otp destroy --stage dev',
      ],
    })
    expect(runs.sandbox.inventory()).toEqual(before)
  })

  it('is named too where somebody protects the table meanwhile', async () => {
    await runs.deploy()
    const message = 'Resource cannot be deleted as it is currently protected against deletion.'
    const refuse = ({ dynamodb }: Aws) => {
      const refused: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> =
        (next, context) => async (args) => {
          if (operationOf(context) !== 'DeleteTable') return next(args)
          throw Object.assign(new Error(message), { name: 'ValidationException' })
        }
      dynamodb.middlewareStack.add(refused, { step: 'initialize', name: 'refused' })
    }
    await expect(runs.destroy({ prepare: refuse })).rejects.toMatchObject({ code: 'TABLE_PROTECTED' })
    expect(runs.sandbox.inventory().map(({ kind }) => kind)).toEqual(['table'])
    expect(await runs.destroy()).toEqual([])
  })
})

/** Answers as AWS does for a table that somebody has protected. */
function protectTable({ dynamodb }: Aws): void {
  const answered: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => async (args) => {
    const result = await next(args)
    if ('Table' in result.output && result.output.Table) result.output.Table.DeletionProtectionEnabled = true
    return result
  }
  dynamodb.middlewareStack.add(answered, { step: 'initialize', name: 'answered' })
}

describe('a table that another run makes anew', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Does `act` once the run's table is deleted, before the run hears of that. */
  const afterDeleteTable =
    (act: () => Promise<unknown>) =>
    ({ dynamodb }: Aws) => {
      const followed: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> =
        (next, context) => async (args) => {
          const result = await next(args)
          if (operationOf(context) === 'DeleteTable') await act()
          return result
        }
      dynamodb.middlewareStack.add(followed, { step: 'initialize', name: 'followed' })
    }

  /** The lock's next renewal, to its end: it goes by real time, which stands still here. */
  const renewal = async () => {
    const renewals = () => runs.sandbox.calls.filter(({ operation }) => operation === 'UpdateItem').length
    const before = renewals()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(renewals()).toBeGreaterThan(before)
    for (let turn = 0; turn < 20; turn++) await setImmediate()
  }

  it.each(['has not finished', 'has finished'])(
    'and that %s is neither waited for nor a loss',
    async (how) => {
      await runs.deploy()
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
      const env = { OTP_LENGTH: '8' }
      const began = runs.clock.now()
      const prepare = afterDeleteTable(async () => {
        await runs.deploy({ env })
        if (how === 'has not finished') await takeLock((await runs.open({ env })).aws, () => () => {})
        await renewal()
      })
      const { madeAnewBy } = await runs.tearDown({ prepare })
      expect(madeAnewBy).toMatch(how === 'has finished' ? /^another run$/ : /^user\/developer on ./)
      expect(runs.clock.now() - began).toBeLessThan(60_000)
      vi.useRealTimers()
      expect((await runs.plan({ env })).plan.filter(({ action }) => action !== 'keep')).toEqual([])
    },
  )

  it('stays, where this run was taken over before it could delete the old one', async () => {
    await runs.deploy()
    let isSeen = false
    let theirs: string[] = []
    let ahead = 0
    const clock = { ...runs.clock, steady: () => runs.clock.steady() + ahead }
    // Refused at first as busy, and asleep over its pause.
    const prepare = ({ dynamodb }: Aws) => {
      const refused: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> =
        (next, context) => async (args) => {
          if (operationOf(context) !== 'DeleteTable' || isSeen) return next(args)
          isSeen = true
          throw Object.assign(new Error('in use'), { name: 'ResourceInUseException' })
        }
      dynamodb.middlewareStack.add(refused, { step: 'initialize', name: 'refused' })
    }
    const sleep = async (ms: number) => {
      await runs.clock.sleep(ms)
      if (!isSeen || theirs.length > 0) return
      await runs.deploy()
      theirs = runs.sandbox.inventory().map(({ name }) => name)
      ahead = 25_000
    }
    await expect(runs.destroy({ prepare, clock: { ...clock, sleep } })).rejects.toMatchObject({
      code: 'STAGE_TAKEN_OVER',
    })
    expect(theirs.length).toBeGreaterThan(20)
    expect(runs.sandbox.inventory().map(({ name }) => name)).toEqual(theirs)
  })
})

describe('keeping the users', () => {
  /** Signs in by the code that arrives; the functions are the real ones. */
  const signIn = async (aws: Awaited<ReturnType<Runs['open']>>['aws'], clientId: string, phone: string) => {
    runs.sandbox.clock.advance(120_000)
    const round = await startSignIn(aws.cognito, { clientId }, phone)
    if (round.kind !== 'challenge') throw new Error('no challenge')
    const code = runs.sandbox.inbox.list(phone).at(-1)?.code ?? ''
    return (await answerChallenge(aws.cognito, { clientId }, round, code)).kind
  }

  it('leaves pool and clients without triggers, and a deploy wires them again', async () => {
    const { SENDZEN_API_URL = '' } = runs.sandbox.env()
    const options = {
      env: { SENDZEN_API_URL, DELETION_PROTECTION: 'true' },
      artifacts: await loadArtifacts(),
    }
    const phone = '+14155550132'
    const { refs } = await runs.deploy(options)
    const { aws } = await runs.byHand(options)
    const { userPoolId: poolId = '', loginClientId: clientId = '', signupClientId = '' } = refs
    await signUp(aws.cognito, { clientId: signupClientId }, phone)
    expect(await signIn(aws, signupClientId, phone)).toBe('tokens')

    const theirs = arns.function({ ...aws.place, stage: 'other' }, 'preSignUp')
    const pool = { UserPoolId: poolId }
    const wired = (await aws.cognito.send(new cognito.DescribeUserPoolCommand(pool))).UserPool!
    const LambdaConfig = { ...wired.LambdaConfig, CustomMessage: theirs }
    await editPool(
      { aws, poolId, clientId, advance: () => {} },
      { LambdaConfig, EmailVerificationSubject: 'Hello' },
    )
    const before = (await aws.cognito.send(new cognito.DescribeUserPoolCommand(pool))).UserPool!

    expect(await runs.destroy({ ...options, keep: userIds, liftProtection: false })).toEqual([])
    const kinds = new Set(runs.sandbox.inventory().map(({ kind }) => kind))
    expect([...kinds].every((kind) => /pool|client/i.test(kind))).toBe(true)
    const kept = (await aws.cognito.send(new cognito.DescribeUserPoolCommand(pool))).UserPool!
    expect(kept).toEqual({
      ...before,
      LambdaConfig: { CustomMessage: theirs },
      LastModifiedDate: kept.LastModifiedDate,
    })
    // Once more: there is nothing left to do.
    await expect(runs.destroy({ ...options, keep: userIds })).rejects.toMatchObject({
      code: 'STAGE_NOT_FOUND',
    })

    const back = await runs.deploy(options)
    expect(back.refs).toMatchObject({ userPoolId: poolId, loginClientId: clientId, signupClientId })
    expect(await signIn(aws, clientId, phone)).toBe('tokens')
    const again = (await aws.cognito.send(new cognito.DescribeUserPoolCommand(pool))).UserPool!
    expect(again.LambdaConfig).toEqual(LambdaConfig)
    expect(again.EstimatedNumberOfUsers).toBe(1)
  })

  it('is finished by the next run where it broke in the middle', async () => {
    await runs.deploy()
    runs.sandbox.faults.add({
      service: 'lambda',
      operation: 'DeleteFunction',
      kind: 'fail-before',
      times: 30,
    })
    const prepared = await prepareDestroy(await runs.open(), { keep: userIds })
    await expect(playDestroy(prepared, () => {})).rejects.toMatchObject({ code: 'AWS_ERROR' })
    runs.sandbox.faults.clear()
    expect(await runs.destroy({ keep: userIds })).toEqual([])
    expect(runs.sandbox.inventory().every(({ kind }) => /pool|client/i.test(kind))).toBe(true)
  })
})
