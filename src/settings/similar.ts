// The word that was meant by one that is almost right.

const plain = (word: string) => word.toLowerCase().replace(/[^a-z\d]/g, '')

/** Letters to insert, leave out or change (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= other.length; j += 1) {
      const changed = row[j - 1]! + (other[j - 1] === letter ? 0 : 1)
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}

/** The nearest of the known words, whatever case and hyphens; undefined where none is near. */
export function similarTo<Word extends string>(
  word: string,
  known: readonly Word[],
  /** What a word is called elsewhere, too. */
  namesOf: (word: Word) => readonly string[] = (one) => [one],
): Word | undefined {
  const text = plain(word)
  const ranked = known
    .map((one) => ({ one, far: Math.min(...namesOf(one).map((name) => distance(text, plain(name)))) }))
    .sort((a, b) => a.far - b.far)
  const [best] = ranked
  return best && best.far <= Math.max(1, Math.floor(text.length / 4)) ? best.one : undefined
}
