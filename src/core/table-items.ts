// What lies in a stage's table: each kind of item by what its key begins with, and how attributes are written.

/** An attribute, as DynamoDB's own JSON and the commands of the SDK both have it. */
export type Attribute = { S: string } | { N: string }

/** An item as either of them gives it; undefined where there is none. */
export type ReadItem =
  | Record<string, { S?: string | undefined; N?: string | undefined } | undefined>
  | undefined

// Every kind of key begins with a letter of its own, so that none meets another.

/** The ledger of a number, by the number's keyed hash. */
export const ledgerPk = (number: string) => `N#${number}`

/** The messages and sign-ups of the whole pool on one day. */
export const poolPk = (pool: string, day: string) => `G#${pool}#${day}`

/** The messages to a block of numbers on one day, by the block's keyed hash. */
export const blockPk = (block: string, day: string) => `X#${block}#${day}`

/** An account that somebody made by signing up, by Cognito's own id for it. */
export const selfMadePk = (user: string) => `F#${user}`

/** The number that an account has proven, sealed, by the keyed hash of the account. */
export const provenPk = (user: string) => `U#${user}`

/** A message that a provider has accepted, by the hash of its id. */
export const messagePk = (message: string) => `M#${message}`

/** How many items belong to nobody. A fixed number: whoever does not exist costs the table nothing. */
export const nobodysItems = 64

/** One of the items that are read and written in the place of a ledger that there is not. */
export const nobodysPk = (n: number) => `D#${n}`

/** Who may change the stage. */
export const lockPk = (stage: string) => `L#${stage}`

/** The keyed hash of the number whose ledger this is. */
export const numberHashOf = (pk: string) => pk.slice(2)

/** What the logs call a number, from the key of its ledger: the first twelve digits of the hash. */
export function numberIdOf(pk: string): string {
  return pk.slice(2, 14)
}

export const keyOf = (pk: string) => ({ pk: { S: pk } })
