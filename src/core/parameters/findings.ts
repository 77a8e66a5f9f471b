// What the check at the end of a deploy has found out about AWS, for the functions to go by. Nothing secret.

export interface Findings {
  /**
   * What triggers are told instead of the name of a user who does not exist: the same name for the same number,
   * or another one each time. Absent: not known.
   */
  standIn?: 'stable' | 'changing'
  /** Seconds in which WhatsApp tries to deliver a message of the stage's template; negative without end. */
  templateLifeSeconds?: number
}

/** As they are stored. The stage proves whose they are; what this version does not know is kept. */
export interface FindingsDocument extends Findings {
  stage: string
  [unknown: string]: unknown
}

/** What of it this version understands. */
export function findingsOf(document: FindingsDocument | undefined): Findings {
  const { standIn, templateLifeSeconds: life } = document ?? {}
  return {
    ...(standIn === 'stable' || standIn === 'changing' ? { standIn } : {}),
    ...(typeof life === 'number' && Number.isFinite(life) ? { templateLifeSeconds: life } : {}),
  }
}

/** Undefined for what is not in our form. */
export function parseFindings(text: string | undefined): FindingsDocument | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '')
    const isOurs = typeof parsed === 'object' && parsed !== null && 'stage' in parsed
    return isOurs ? (parsed as FindingsDocument) : undefined
  } catch {
    return undefined
  }
}
