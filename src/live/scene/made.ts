// The list of what a run has made: nothing else is ever removed, and what is still there is told with its command.

import type { Aws } from '../../aws/clients.ts'
import { isDeleteConflict, isFunctionBusy } from '../../aws/errors.ts'
import { retryWhile, waitFor } from '../../aws/wait.ts'
import { said } from './said.ts'

export interface Thing {
  /** In words, as `user pool`. */
  what: string
  /** By which it is removed, and told. */
  id(): string
  /** How it is now: what bears the name but not the mark of this run is somebody else's. */
  read(aws: Aws): Promise<'gone' | 'ours' | 'foreign'>
  remove(aws: Aws): Promise<void>
  /** How a person removes it. */
  command(): string
}

export interface Leftover {
  what: string
  id: string
  command: string
  why: string
}

const isPassing = (error: unknown) => isFunctionBusy(error) || isDeleteConflict(error)

/** How long to wait until what is removed is gone for readers too. */
const patienceMs = 60_000

export class Made {
  readonly #things: Thing[] = []

  /** Before it is made: an answer that gets lost leaves nothing behind that nobody knows of. */
  expect(thing: Thing): void {
    this.#things.push(thing)
  }

  /** What would be left if everything ended now. */
  get left(): Leftover[] {
    return this.#things.map((thing) => told(thing, 'not removed yet'))
  }

  /** Removes everything, the last first, and reads each again. Gives what is still there. */
  async removeAll(aws: Aws): Promise<Leftover[]> {
    const leftovers: Leftover[] = []
    for (const thing of [...this.#things].reverse()) {
      try {
        await removeOne(aws, thing)
        // Until here somebody who leaves at once is told of it.
        this.#things.splice(this.#things.indexOf(thing), 1)
      } catch (error) {
        leftovers.push(told(thing, said(error)))
      }
    }
    return leftovers
  }
}

async function removeOne(aws: Aws, thing: Thing): Promise<void> {
  if ((await thing.read(aws)) !== 'ours') return
  const options = { clock: aws.clock, signal: aws.signal, capMs: patienceMs, what: `${thing.what} to go` }
  await retryWhile(isPassing, options, () => thing.remove(aws))
  await waitFor(options, async () => ((await thing.read(aws)) === 'gone' ? true : undefined))
}

function told(thing: Thing, why: string): Leftover {
  return { what: thing.what, id: thing.id(), command: thing.command(), why }
}
