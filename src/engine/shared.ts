// Reads that several resources make at the same time, asked of AWS once.

/**
 * Whoever asks while an answer is on its way gets that answer; whoever asks later is answered anew. So nothing
 * is remembered that could have changed meanwhile.
 */
export function shared<A, T>(ask: (input: A) => Promise<T>): (input: A) => Promise<T> {
  let underWay: Promise<T> | undefined
  return (input) => {
    underWay ??= ask(input).finally(() => {
      underWay = undefined
    })
    return underWay
  }
}
