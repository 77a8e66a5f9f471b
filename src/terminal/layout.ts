// Fitting text into columns: visible width, wrapping with an indent, durations, tables.
import { oneLine, unbroken, written } from './text.ts'

/** Columns that the text takes on a terminal; colours take none. */
export function widthOf(text: string): number {
  return [...written(text, false)].length
}

/** Cuts plain text to `width` columns and marks the cut. */
export function cut(text: string, width: number): string {
  const letters = [...text]
  return letters.length <= width ? text : `${letters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/**
 * Breaks plain text into lines of at most `width` columns, at spaces where there are any; what follows the
 * first line is indented by `indent`.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  const room = () => Math.max(8, width - (lines.length > 0 ? widthOf(indent) : 0))
  const end = () => {
    lines.push(lines.length > 0 ? indent + line.trimEnd() : line.trimEnd())
    line = ''
  }
  for (let word of unbroken(text).split(/(?<= )/)) {
    // Blanks that a line begins with belong to what follows them.
    if (line.trim() && widthOf(line) + widthOf(word.trimEnd()) > room()) end()
    while (widthOf(line) + widthOf(word.trimEnd()) > room()) {
      const letters = [...word]
      const space = room() - widthOf(line)
      line += letters.slice(0, space).join('')
      word = letters.slice(space).join('')
      end()
    }
    line += word
  }
  if (line || lines.length === 0) end()
  return lines
}

/** `0.4 s`, `12.0 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** How long ago, in the one unit that says most: `40 s`, `12 min`, `5 h`, `3 days`. */
export function age(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`
}

/** `1 function`, `2 functions`. */
export function count(number: number, thing: string, many = `${thing}s`): string {
  return `${number} ${number === 1 ? thing : many}`
}

/**
 * Aligned columns under an optional header. Where the rows do not fit into `width` and a header says what
 * the cells are, each row becomes a block of `name  value` lines instead, so that no value is cut; without one,
 * what follows the first cell is folded below itself.
 */
export function tableLines(rows: string[][], options: { header?: string[]; width?: number } = {}): string[] {
  const { header, width = Number.POSITIVE_INFINITY } = options
  const cells = rows.map((row) => row.map(oneLine))
  const all = header ? [header, ...cells] : cells
  const columns = Math.max(0, ...all.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...all.map((row) => widthOf(row[i] ?? ''))),
  )
  const lines = all.map((row) =>
    row
      .map((cell, i) => pad(cell, widths[i]!))
      .join('  ')
      .trimEnd(),
  )
  if (lines.every((line) => widthOf(line) <= width)) return lines
  if (!header) return lines.flatMap((line) => wrap(line, width, ' '.repeat((widths[0] ?? 0) + 2)))
  const label = Math.max(...header.map(widthOf))
  return cells.flatMap((row, at) => [
    ...(at > 0 ? [''] : []),
    ...row.map((cell, i) => `${pad(header[i] ?? '', label)}  ${cell}`.trimEnd()),
  ])
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - widthOf(cell)))
}
