// Wildcards: `*` stands for any characters, and `?` for one.

/**
 * Whether the whole text fits, in time that grows with both lengths only: patterns come from outside.
 * `single` undefined makes `?` an ordinary character.
 */
export function fitsPattern(pattern: string, text: string, single: string | undefined = '?'): boolean {
  let at = 0
  let inPattern = 0
  // Where the last star stands, and how far it reaches by now.
  let star = -1
  let reach = 0
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++
      reach = at
    } else if (
      inPattern < pattern.length &&
      (pattern[inPattern] === text[at] || pattern[inPattern] === single)
    ) {
      inPattern++
      at++
    } else if (star >= 0) {
      inPattern = star + 1
      at = ++reach
    } else return false
  }
  while (pattern[inPattern] === '*') inPattern++
  return inPattern === pattern.length
}
