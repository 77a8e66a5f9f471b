// What the page asks of the sandbox, and how it changes it.

import type { Flow } from '../src/sandbox/door/flow.ts'
import type { Switch } from '../src/sandbox/door/switches.ts'
import type { ListedUser } from '../src/sandbox/door/users.ts'
import type { SendAttempt } from '../src/sandbox/sendzen/control.ts'
import type { FatefulNumber } from '../src/sandbox/sendzen/fates.ts'
import type { Message } from '../src/sandbox/sendzen/inbox.ts'
import type { TextMessage } from '../src/sandbox/sns/text-message.ts'

/** Everything that `GET /_sandbox/workshop` tells. */
export interface Snapshot {
  now: number
  region: string
  /** By the names of their variables. */
  stage: Record<string, string>
  flows: Flow[]
  messages: Message[]
  textMessages: TextMessage[]
  refused: SendAttempt[]
  numbers: FatefulNumber[]
  fates: string[]
  switches: Switch[]
}

/** Throws Error with the sandbox's own words. */
async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(path, { method, ...(body && { body: JSON.stringify(body) }) })
  const content = await answer.json()
  if (!answer.ok) throw new Error(content.message)
  return content
}

export const readSnapshot = () => ask<Snapshot>('GET', '/_sandbox/workshop')
export const readUsers = async () => (await ask<{ users: ListedUser[] }>('GET', '/_sandbox/users')).users
export const deleteUser = ({ pool, username }: ListedUser) =>
  ask('DELETE', `/_sandbox/users/${pool}/${encodeURIComponent(username)}`)
export const setSwitch = async (id: string, isOn: boolean) =>
  (await ask<{ switches: Switch[] }>('POST', '/_sandbox/switches', { id, isOn })).switches
export const decideNext = (fate: string, times: number) =>
  ask('POST', '/_sandbox/next-message', { fate, times })
export const advance = async (advanceMs: number) =>
  (await ask<{ now: number }>('POST', '/_sandbox/clock', { advanceMs })).now
export const markRead = (id: string) => ask('POST', `/inbox/${id}/read`)
/** Messages and sign-ins; users stay. */
export const clearAll = () => ask('DELETE', '/_sandbox/workshop')
