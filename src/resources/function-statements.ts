// The statements of a function's policy, and what those of others mean for whoever looks after the stage.
import type { Danger } from '../engine/resource.ts'
import type { Place } from '../names.ts'

/** A statement of somebody else's in the policy of the same function. */
export interface Other {
  id: string | undefined
  effect: string | undefined
  /** In words. */
  who: string
  isEverybody: boolean
}

export function dangerOf({ region }: Place, FunctionName: string, other: Other): Danger {
  const { id = '', effect, who, isEverybody } = other
  const told = {
    what: `the statement ${id} of somebody else`,
    next: `aws lambda remove-permission --region ${region} --function-name ${FunctionName} --statement-id ${id}`,
  }
  if (effect === 'Deny') return { ...told, why: `it keeps ${who} from invoking the function` }
  return {
    ...told,
    why: `it lets ${who} invoke the function, with events that belong to no sign-in`,
    ...(isEverybody ? { isGrave: true } : {}),
  }
}

type Principal = string | Record<string, string | string[]>

export interface Statement {
  Sid?: string
  Effect?: string
  Action?: string
  Principal?: Principal
  Condition?: Record<string, Record<string, string> | undefined>
}

export function statementsIn(policy: string | undefined): Statement[] {
  const { Statement = [] } = JSON.parse(policy ?? '{}') as { Statement?: Statement | Statement[] }
  return [Statement].flat()
}

export function otherOf({ Sid, Effect, Principal, Condition = {} }: Statement): Other {
  const who = principalsOf(Principal)
  const limits = Object.values(Condition).flatMap((keys) => Object.entries(keys ?? {}))
  // How a function URL is called limits nobody.
  const isLimited = limits.some(([key]) => !/^lambda:/i.test(key))
  return {
    id: Sid,
    effect: Effect,
    who: [
      who.map((one) => (one === '*' ? 'everybody' : one)).join(' and ') || 'others',
      ...limits.map(([key, value]) => `(${key} ${value})`),
    ].join(' '),
    isEverybody: who.includes('*') && !isLimited,
  }
}

export function principalsOf(principal: Principal = {}): string[] {
  return typeof principal === 'string' ? [principal] : Object.values(principal).flat()
}
