// The rows that the parts give, and their table.
import type { Spread } from './samples.ts'

export interface Row {
  part: string
  what: string
  unit: string
  /** Median, least and most; a plain number where there is nothing to spread. */
  value: Spread | number
  /** What cannot be undercut, measured in the same run. */
  floor?: { what: string; value: Spread | number }
  note?: string
}

const medianOf = (value: Spread | number) => (typeof value === 'number' ? value : value.median)

function figure(value: number): string {
  return Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(2) : String(Math.round(value))
}

const headings = ['', 'median', 'min', 'max', 'unit', 'n', 'floor', 'ratio', 'note']

function cells({ what, unit, value, floor, note = '' }: Row): string[] {
  const spread = typeof value === 'number' ? undefined : value
  const ratio = floor ? medianOf(value) / medianOf(floor.value) : undefined
  return [
    what,
    figure(medianOf(value)),
    spread ? figure(spread.min) : '',
    spread ? figure(spread.max) : '',
    unit,
    spread ? String(spread.n) : '',
    floor ? `${figure(medianOf(floor.value))} (${floor.what})` : '',
    ratio ? `${ratio.toFixed(1)}x` : '',
    note,
  ]
}

/** One Markdown table a part, so that it can be pasted where it is read. */
export function tableOf(rows: readonly Row[]): string {
  const parts = [...new Set(rows.map((row) => row.part))]
  const tables = parts.map((part) => {
    const body = rows.filter((row) => row.part === part).map(cells)
    const widths = headings.map((heading, at) =>
      Math.max(3, heading.length, ...body.map((line) => line[at]?.length ?? 0)),
    )
    const lineOf = (line: string[]) =>
      `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
    const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
    return [`### ${part}`, '', lineOf(headings), rule, ...body.map(lineOf)].join('\n')
  })
  return `${tables.join('\n\n')}\n`
}
