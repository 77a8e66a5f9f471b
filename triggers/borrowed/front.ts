// In a pool of somebody else's: whose an event is. Others' go where they went before, whatever becomes of our own code.
import type { Context } from 'aws-lambda'
import type { Environment } from '../outside/config.ts'
import type { AnyEvent } from './former.ts'

export type Handler<Event> = (event: Event, context: Context) => Promise<unknown>

export interface Front<Event> {
  /** The name of the function. */
  trigger: string
  env: Environment
  /** Starts our own code: may throw. */
  own(): Handler<Event>
  /** What others' events are answered where nothing was called before. */
  unheard(event: Event): Event
}

/**
 * The function's handler. In a pool of the stage's own that is our own code, and a start that fails is the function's.
 * In another pool it fails for our app clients alone.
 */
export async function besideOthers<Event extends AnyEvent>(front: Front<Event>): Promise<Handler<Event>> {
  const { env } = front
  if (!env.USER_POOL_ID) return front.own()
  const own = startOf(front)
  // Told to whoever asks.
  own.catch(() => undefined)
  const ours = new Set([env.SIGNUP_CLIENT_ID, env.LOGIN_CLIENT_ID])
  for (const nobody of [undefined, 'none']) ours.delete(nobody)
  const passOn = await passingOn(front)
  return async (event, context) => {
    return ours.has(event.callerContext?.clientId) ? (await own)(event, context) : passOn(event, context)
  }
}

async function startOf<Event>({ own }: Front<Event>): Promise<Handler<Event>> {
  return own()
}

async function passingOn<Event extends AnyEvent>(front: Front<Event>): Promise<Handler<Event>> {
  const { env, trigger, unheard } = front
  const former = env.FORMER_FUNCTION
  if (former === 'none') return async (event) => unheard(event)
  if (!former) {
    return async () => {
      throw new Error('FORMER_FUNCTION is not set.')
    }
  }
  const { formerFunction } = await import('./former-function.ts')
  return formerFunction(former, { env, trigger })
}
