// What Cognito calls in a borrowed pool: the one thing of it that a stage changes, and gives back as it was.
import {
  type LambdaConfigType,
  UpdateUserPoolCommand,
  UpdateUserPoolRequest$,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Aws } from '../../../aws/clients.ts'
import { isConcurrentChange, isFunctionMissing } from '../../../aws/errors.ts'
import { raw } from '../../../aws/raw.ts'
import { retryWhile } from '../../../aws/wait.ts'
import {
  type Change,
  change,
  type FormerTriggers,
  type Refs,
  type Resource,
} from '../../../engine/resource.ts'
import { AppError } from '../../../errors.ts'
import { arns, type Trigger, triggerNames, triggers } from '../../../names.ts'
import { triggersOf } from '../../../settings/parts.ts'
import { echoPool } from '../echo.ts'
import { inWords } from '../refusals.ts'
import { describePool } from '../search.ts'
import type { Borrowed, Called, TriggersHave } from './borrowed.ts'
import { formerPermissions, lookAtFormer } from './former.ts'
import { dangersOfChanged, dangersOfOwner, ownerOf } from './owner.ts'

export interface TriggersOptions {
  /** Writes triggers that another tool looks after too. */
  takeTriggers?: boolean
  /** What Cognito called before, where that is known already: for the policy of a stage. */
  former?: FormerTriggers
  /** The role that Cognito sends the pool's own SMS with: whoever writes the pool hands it over again. */
  smsRole?: string
  /** The key of its custom senders, whose use Cognito has the writer grant again. */
  senderKey?: string
}

const fieldOf = (trigger: Trigger) => `triggers.${triggers[trigger]}`

export function borrowedTriggers(
  borrowed: Borrowed,
  { takeTriggers = false, former = {}, smsRole, senderKey }: TriggersOptions = {},
): Resource<undefined, TriggersHave> {
  const { place, poolId, settings } = borrowed
  const wanted = triggersOf(settings)
  const oursOf = (trigger: Trigger) => arns.function(place, trigger)
  const isOurs = ({ now }: Pick<TriggersHave, 'now'>, trigger: Trigger) => now[trigger] === oursOf(trigger)

  /** Describes again each time, and changes nothing that has not been seen as it is. */
  const write = (aws: Aws, have: TriggersHave, changed: Called): Promise<TriggersHave> => {
    const { cognito, clock, signal } = aws
    const options = { clock, signal, capMs: 30_000, what: 'the user pool' }
    const passes = (error: unknown) => isConcurrentChange(error) || isFunctionMissing(error)
    return retryWhile(passes, options, async () => {
      const found = await describePool(aws, poolId)
      if (!found) throw goneMeanwhile(borrowed)
      const now = calledIn(found.pool)
      const named = Object.keys(changed) as Trigger[]
      // One that is as it is to be may be what an attempt has done whose answer was lost.
      const other = named.find((one) => now[one] !== have.now[one] && now[one] !== changed[one])
      if (other) throw changedMeanwhile(borrowed, triggers[other])
      const input = echoPool(found.pool, { LambdaConfig: laidOver(found.pool, changed) })
      const written = { what: `user pool ${poolId}`, schema: UpdateUserPoolRequest$, input, isBorrowed: true }
      await inWords(place, written, cognito.send(raw(new UpdateUserPoolCommand(input))))
      return { ...have, now: { ...now, ...changed } }
    })
  }

  /** Of `fields`, what Cognito is to call instead. */
  const targets = (fields: ReadonlySet<string>, to: (trigger: Trigger) => string | undefined) =>
    Object.fromEntries(
      triggerNames.filter((trigger) => fields.has(fieldOf(trigger))).map((trigger) => [trigger, to(trigger)]),
    )
  const back = ({ former }: TriggersHave, trigger: Trigger) => former[trigger] ?? undefined
  const restored = (have: TriggersHave, which: readonly Trigger[]): Change[] =>
    which
      .filter((trigger) => isOurs(have, trigger))
      .flatMap((trigger) => change(fieldOf(trigger), have.now[trigger], back(have, trigger) ?? '(none)'))

  return {
    kind: 'user-pool-triggers',
    id: 'user-pool-triggers',
    name: poolId,
    isBorrowed: true,
    needs: [
      'user-pool',
      ...triggerNames.flatMap((trigger) => [`function:${trigger}`, `permission:${trigger}`]),
      'user-pool-client:login',
      'user-pool-client:signup',
    ],
    readAfter: ['record', 'user-pool', ...triggerNames.map((trigger) => `function:${trigger}`)],
    removeAfter: [],
    partOf: 'user-pool',
    permissions: formerPermissions(former, { smsRole, senderKey }),

    want: () => undefined,

    async read(aws, refs) {
      const found = await describePool(aws, poolId)
      if (!found) return undefined
      const now = calledIn(found.pool)
      const before = (trigger: Trigger) =>
        now[trigger] === oursOf(trigger) ? rememberedOf(refs, trigger) : (now[trigger] ?? null)
      const ofTriggers = triggerNames.filter(
        (trigger) => wanted.includes(trigger) || now[trigger] === oursOf(trigger),
      )
      const formerNow = Object.fromEntries(ofTriggers.map((trigger) => [trigger, before(trigger)]))
      const known = refs.recorded?.formerTriggers ?? {}
      const others = wanted.filter((trigger) => now[trigger] !== oursOf(trigger))
      const owner = ownerOf(
        found.pool,
        others.some((trigger) => trigger in known),
      )
      return {
        poolId,
        now,
        former: formerNow,
        owner,
        changed: others.flatMap((trigger) => {
          const was = known[trigger]
          return was === undefined || was === (now[trigger] ?? null) ? [] : [{ trigger, was }]
        }),
        left: takeTriggers || !owner ? [] : others.filter((trigger) => owner.isStack || trigger in known),
        states: await lookAtFormer(aws, formerNow),
      }
    },

    isOurs: () => true,
    diff: (_want, have) => [
      ...wanted
        .filter((trigger) => !have.left.includes(trigger))
        .flatMap((trigger) => change(fieldOf(trigger), have.now[trigger], oursOf(trigger))),
      ...restored(
        have,
        triggerNames.filter((trigger) => !wanted.includes(trigger)),
      ),
    ],
    dangers: (have) => dangersOfOwner(borrowed, have),
    create: () => Promise.reject(new Error('What a pool calls is there as long as the pool is')),
    update: (aws, _want, have, fields) =>
      write(
        aws,
        have,
        targets(fields, (trigger) => (wanted.includes(trigger) ? oursOf(trigger) : back(have, trigger))),
      ),
    detach: {
      diff: (have) => restored(have, triggerNames),
      dangers: (have) => dangersOfChanged(borrowed, have),
      play: (aws, have, fields) =>
        write(
          aws,
          have,
          targets(fields, (trigger) => back(have, trigger)),
        ),
    },
    remove: () => Promise.reject(new Error('A borrowed pool is played by nobody')),
    refs: ({ former }) => ({ formerTriggers: former }),
  }
}

/** What the functions go by counts: the record is written last, so that it may be behind them. */
function rememberedOf(refs: Refs, trigger: Trigger): string | null {
  return refs[`former:${trigger}`] ?? refs.recorded?.formerTriggers?.[trigger] ?? null
}

function calledIn({ LambdaConfig = {} }: UserPoolType): Called {
  return Object.fromEntries(
    triggerNames.flatMap((trigger) => {
      const arn = LambdaConfig[triggers[trigger]]
      return arn ? [[trigger, arn]] : []
    }),
  )
}

function laidOver({ LambdaConfig = {} }: UserPoolType, changed: Called): LambdaConfigType {
  const named = Object.entries(changed).map(([trigger, arn]) => [triggers[trigger as Trigger], arn] as const)
  const gone = new Set<string>(named.filter(([, arn]) => arn === undefined).map(([key]) => key))
  const laid = { ...LambdaConfig, ...Object.fromEntries(named) }
  return Object.fromEntries(Object.entries(laid).filter(([key]) => !gone.has(key)))
}

function goneMeanwhile({ poolId, place: { stage } }: Borrowed): AppError {
  return new AppError('POOL_NOT_FOUND', `The user pool ${poolId} is not there any more`, {
    why: 'somebody has deleted it meanwhile',
    next: [`whatsapp-otp destroy --stage ${stage}   removes what is left of the stage`],
  })
}

function changedMeanwhile({ poolId, place: { stage } }: Borrowed, key: string): AppError {
  return new AppError('POOL_CHANGED', `Somebody has changed ${key} of ${poolId} meanwhile`, {
    why: 'it is not what the plan was made for, and nothing of the pool was changed',
    next: [`whatsapp-otp plan --stage ${stage}`],
  })
}
