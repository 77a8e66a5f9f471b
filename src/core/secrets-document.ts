// What the secret documents of a stage have in common: JSON objects, refused without a value in the words.

/** A document cannot be used. Its message never quotes a value. */
export class SecretsError extends Error {
  override name = 'SecretsError'
}

/** Throws SecretsError for what is no JSON. What is no object holds nothing. */
export function parseDocument(text: string): Record<string, unknown> {
  try {
    return membersOf(JSON.parse(text))
  } catch {
    throw new SecretsError('The secrets are not JSON.')
  }
}

export function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Throws SecretsError for a member that is missing, empty or no text. */
export function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new SecretsError(`The secrets hold no ${name}.`)
  return value
}
