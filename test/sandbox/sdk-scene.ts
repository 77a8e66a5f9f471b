// One call of a scene: what its input may be made from, and what is peculiar about its operation.

/** Service, operation, and the input, which may be made from what earlier calls answered. */
export type Scene = [
  service: string,
  operation: string,
  input?: object | ((seen: Seen) => object),
  peculiar?: Peculiar,
]

/** What no rule says of an operation, so that all there is to test about it stands in its scene. */
export interface Peculiar {
  /** It answers whatever it is asked, as on AWS. */
  neverRefused?: true
  /** Something that it cannot take, where it would take the names of what is not there. */
  refuses?: object
  /** An error that AWS answers, too, without having it in its model. */
  unmodelled?: string
  /** The answer's body is not made of members, but somebody else's. */
  rawBody?: true
}

/** The newest answer of each operation. */
// biome-ignore lint/suspicious/noExplicitAny: answers of a hundred shapes are looked into freely.
export type Seen = Record<string, any>
