// A state that others watch: each change is told to whoever has asked for it.
import type { State } from './state.ts'

export interface Watched {
  readonly state: State
  set(state: State): State
  subscribe(listener: (state: State) => void): () => void
}

/** `restoring` until it is set. */
export function watched(): Watched {
  const listeners = new Set<(state: State) => void>()
  let state: State = { step: 'restoring', next: 'wait', text: '' }
  return {
    get state() {
      return state
    },
    set(next) {
      state = next
      for (const listener of listeners) listener(state)
      return state
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
