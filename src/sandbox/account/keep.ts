// What of an account outlives its sandbox, as JSON: the shape of it, and how services give it and take it back.
import * as z from 'zod'

/** What one service keeps. */
export interface Keep {
  save(): Promise<unknown> | unknown
  /** Called once, before anything else of the service; throws for what has another form. */
  restore(saved: unknown): Promise<void> | void
}

/** `ahead`: how far the clock was moved, in milliseconds. */
export interface SavedAccount {
  ahead: number
  services: Record<string, unknown>
}

/** What was given to be restored is not what this version saves. */
export class NotRestorable extends Error {
  constructor(cause: unknown) {
    super(cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause), { cause })
    this.name = 'NotRestorable'
  }
}

const shape = z.object({ ahead: z.number(), services: z.record(z.string(), z.unknown()) })

export async function saveAll(kept: Record<string, Keep>, ahead: number): Promise<SavedAccount> {
  const parts = Object.entries(kept).map(async ([name, keep]) => [name, await keep.save()])
  return { ahead, services: Object.fromEntries(await Promise.all(parts)) }
}

/** Gives each service what it has saved, and gives how far the clock was moved. Throws NotRestorable. */
export async function restoreAll(kept: Record<string, Keep>, saved: unknown): Promise<number> {
  try {
    const { ahead, services } = shape.parse(saved)
    for (const [name, keep] of Object.entries(kept)) await keep.restore(services[name])
    return ahead
  } catch (error) {
    throw new NotRestorable(error)
  }
}
