// The brake: a parameter that stops sending and sign-up of a stage without a deploy, and how it is read.

/** As it is stored. The stage proves whose it is; what this version does not know is kept. */
export interface BrakeDocument {
  stage: string
  /** Absent in one that nobody has pulled yet. */
  paused?: boolean
  /** When it was pulled or let go, ISO 8601. */
  since?: string
  /** Who did it. */
  by?: string
  reason?: string
  [unknown: string]: unknown
}

/** A stage that is paused now. */
export interface Pause {
  /** ISO 8601. */
  since: string
  by: string
  reason?: string
}

/** Functions read the brake again when they know it for this long: a round that begins then ends within the minute. */
export const brakeLifeMs = 50_000

/** From the write on, when the last function goes by it. */
export const brakeObeyedMs = 60_000

/** Undefined for what is not in our form. */
export function parseBrake(text: string | undefined): BrakeDocument | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '')
    const isOurs = typeof parsed === 'object' && parsed !== null && 'stage' in parsed
    return isOurs ? (parsed as BrakeDocument) : undefined
  } catch {
    return undefined
  }
}

/** Undefined where it is not paused. */
export function pauseOf(document: BrakeDocument | undefined): Pause | undefined {
  if (document?.paused !== true) return undefined
  const { since = '', by = '', reason } = document
  return { since, by, ...(reason ? { reason } : {}) }
}

/** As in «paused since 2026-12-31 03:10 UTC by …: the bill grows». */
export function pauseWords({ since, by, reason }: Pause): string {
  return `paused since ${since.slice(0, 16).replace('T', ' ')} UTC by ${by}${reason ? `: ${reason}` : ''}`
}

/** Whether functions may go by a pause at `now` (epoch milliseconds): some see only within a minute that it is over. */
export function mayBePaused(document: BrakeDocument | undefined, now: number): boolean {
  return document?.paused === true || now - Date.parse(document?.since ?? '') < brakeObeyedMs
}
