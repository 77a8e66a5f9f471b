// The sign-in that the page itself has under way, for a code that is to be entered by a click.
import type { Client } from '../app/options.ts'
import { change } from './live.ts'

let client: Client | undefined

export function setClient(made: Client): void {
  client?.close()
  client = made
  // Whether a code can be entered goes by it.
  made.subscribe(() => change({}))
}

/** True where the page waits for a code of this number. */
export const waitsFor = (number: string): boolean =>
  client?.state.challenge !== undefined && client.state.phone === number

export async function enter(code: string): Promise<void> {
  await client?.answer(code)
}
