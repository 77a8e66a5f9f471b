// Single keys on a terminal, while nothing is typed into it.

/** Ctrl-C and Ctrl-D: a terminal that gives single keys sends no signal. */
const ends = ['\u0003', '\u0004']

/** Calls what a key stands for; gives what ends the listening. `end` is called for Ctrl-C and Ctrl-D. */
export function listenToKeys(
  stdin: NodeJS.ReadStream,
  keys: Readonly<Record<string, () => void>>,
  end: () => void,
): () => void {
  const hear = (chunk: Buffer | string) => {
    for (const key of chunk.toString()) {
      if (ends.includes(key)) end()
      else if (Object.hasOwn(keys, key)) keys[key]?.()
    }
  }
  stdin.setRawMode(true)
  stdin.resume()
  stdin.on('data', hear)
  return () => {
    stdin.off('data', hear)
    stdin.setRawMode(false)
    stdin.pause()
  }
}
