// One call of a scene, and what its input may be made from.

/** Service, operation, and the input, which may be made from what earlier calls answered. */
export type Scene = [service: string, operation: string, input?: object | ((seen: Seen) => object)]

/** The newest answer of each operation. */
// biome-ignore lint/suspicious/noExplicitAny: answers of a hundred shapes are looked into freely.
export type Seen = Record<string, any>
