// Removing a stage, whatever is left of it by then, and keeping its users for the day on which it comes back.
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { DescribeTableCommandOutput } from '@aws-sdk/client-dynamodb'
import type { InitializeMiddleware, MetadataBearer, MiddlewareStack } from '@smithy/types'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { answerChallenge, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { arns } from '../../src/names.ts'
import { loadArtifacts } from '../../src/stage/artifacts.ts'
import { playDestroy, prepareDestroy, userIds } from '../../src/stage/destroy.ts'
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
    const { resources } = await runs.plan()
    for (const last of resources.filter(({ goesWith, id }) => !goesWith && id !== 'record')) {
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

/** Changes what AWS answers to an operation, as if somebody had set that by hand. */
const answering =
  (service: 'cognito' | 'dynamodb', operation: string, change: (output: never) => void) => (aws: Aws) => {
    const client = aws[service] as unknown as { middlewareStack: MiddlewareStack<object, MetadataBearer> }
    const changed: InitializeMiddleware<object, MetadataBearer> = (next, context) => async (args) => {
      const result = await next(args)
      if ((context as { commandName?: string }).commandName === `${operation}Command`) {
        change(result.output as never)
      }
      return result
    }
    client.middlewareStack.add(changed, { step: 'initialize', name: 'changed', priority: 'high' })
  }

describe('what AWS would not delete', () => {
  it.each([
    [
      'a pool with a domain',
      answering('cognito', 'DescribeUserPool', (output: cognito.DescribeUserPoolCommandOutput) => {
        output.UserPool!.Domain = 'acme'
      }),
      'POOL_HAS_DOMAIN',
      /^aws cognito-idp delete-user-pool-domain --domain acme --user-pool-id \S+ --region us-east-1$/,
    ],
    [
      'a protected table',
      answering('dynamodb', 'DescribeTable', (output: DescribeTableCommandOutput) => {
        output.Table!.DeletionProtectionEnabled = true
      }),
      'TABLE_PROTECTED',
      /^aws dynamodb update-table --table-name whatsapp-otp-dev --no-deletion-protection-enabled --region us-east-1$/,
    ],
  ])('is named before anything is deleted, with its command: %s', async (_name, prepare, code, command) => {
    await runs.deploy()
    const before = runs.sandbox.inventory()
    const error = await runs.destroy({ prepare }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code, exitCode: 1 })
    expect(error.next[0]).toMatch(command)
    expect(runs.sandbox.inventory()).toEqual(before)
  })

  it('is no matter where it stays', async () => {
    await runs.deploy()
    const prepare = answering(
      'cognito',
      'DescribeUserPool',
      (output: cognito.DescribeUserPoolCommandOutput) => {
        output.UserPool!.Domain = 'acme'
      },
    )
    expect(await runs.destroy({ prepare, keep: userIds })).toEqual([])
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
