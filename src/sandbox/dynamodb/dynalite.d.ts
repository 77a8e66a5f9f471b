// dynalite ships no types; this is the part of it that is used.
declare module 'dynalite' {
  import type { EventEmitter } from 'node:events'

  interface DynaliteOptions {
    createTableMs?: number
    deleteTableMs?: number
    updateTableMs?: number
  }
  /** Makes an http.Server; nothing listens until asked to. */
  export default function dynalite(options?: DynaliteOptions): EventEmitter
}
