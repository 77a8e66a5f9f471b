// What a terminal shows after it was written to: rows of cells with their colours, and the same as SVG.
import xterm from '@xterm/headless'
import type { Size } from './pty.ts'

/** Text of one look. */
interface Span {
  text: string
  /** Columns from the left. */
  at: number
  color: string | undefined
  isBold: boolean
  isDim: boolean
}

export type Row = Span[]

export interface Palette {
  back: string
  text: string
  frame: string
  /** By ANSI's number, 0 to 15. */
  ansi: readonly string[]
}

const ansi = (text: string) => text.split(' ').map((code) => `#${code}`)

export const palettes: Record<'dark' | 'light', Palette> = {
  dark: {
    back: '#0d1117',
    text: '#e6edf3',
    frame: '#30363d',
    ansi: ansi(
      '484f58 ff7b72 3fb950 d29922 58a6ff bc8cff 39c5cf b1bac4 8b949e ffa198 56d364 e3b341 79c0ff d2a8ff 56d4dd ffffff',
    ),
  },
  light: {
    back: '#ffffff',
    text: '#1f2328',
    frame: '#d0d7de',
    ansi: ansi(
      '24292f cf222e 116329 7d4e00 0969da 8250df 1b7c83 57606a 57606a a40e26 1a7f37 633c01 218bff a475f9 3192aa 24292f',
    ),
  },
}

/** Of a cell, so that one row serves both palettes: `c2` is ANSI's green, `#ff0000` a colour of its own. */
function colorOf(cell: xterm.IBufferCell): string | undefined {
  if (cell.isFgDefault()) return undefined
  const color = cell.getFgColor()
  if (cell.isFgRGB()) return `#${color.toString(16).padStart(6, '0')}`
  return color < 16 ? `c${color}` : undefined
}

/** A terminal without a screen. */
export class Screen {
  readonly size: Size
  readonly #terminal: xterm.Terminal

  constructor(size: Size) {
    this.size = size
    const { columns: cols, rows } = size
    this.#terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true })
  }

  write(data: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(data, resolve))
  }

  /** What is to be seen, from the top; empty rows at the end are left out. */
  rows(): Row[] {
    const { active } = this.#terminal.buffer
    const rows = Array.from({ length: this.size.rows }, (_, y) => this.#row(active.viewportY + y))
    while (rows.at(-1)?.length === 0) rows.pop()
    return rows
  }

  #row(y: number): Row {
    const line = this.#terminal.buffer.active.getLine(y)
    const row: Row = []
    for (let x = 0; line && x < this.size.columns; x++) {
      const cell = line.getCell(x)
      if (!cell || cell.getWidth() === 0) continue
      const span = { color: colorOf(cell), isBold: cell.isBold() > 0, isDim: cell.isDim() > 0 }
      const last = row.at(-1)
      const text = cell.getChars() || ' '
      const isSame =
        last && last.color === span.color && last.isBold === span.isBold && last.isDim === span.isDim
      if (isSame) last.text += text
      else row.push({ text, at: x, ...span })
    }
    const last = row.at(-1)
    if (last) last.text = last.text.trimEnd()
    return row.filter(({ text }) => text.trim() !== '')
  }
}

export const textOf = (rows: readonly Row[]): string =>
  rows.map((row) => row.reduce((line, { text, at }) => line.padEnd(at) + text, '')).join('\n')

export const safe = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Pixels. */
export const cell = { width: 8.4, height: 19, font: 14 }
export const mono = 'ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace'

/** A row as `<text>`, its top at 0. Each span is as wide as its columns, whatever font there is. */
export function rowSvg(row: Row, { text: plain, ansi: colors }: Palette): string {
  const spans = row.map(({ text, at, color, isBold, isDim }) => {
    const fill = color?.startsWith('c') ? colors[Number(color.slice(1))] : color
    const look = [
      ...(fill && fill !== plain ? [`fill="${fill}"`] : []),
      ...(isBold ? ['font-weight="700"'] : []),
      ...(isDim ? ['opacity=".65"'] : []),
    ]
    const width = [...text].length * cell.width
    return `<tspan x="${(at * cell.width).toFixed(1)}" textLength="${width.toFixed(1)}"${look.map((one) => ` ${one}`).join('')}>${safe(text)}</tspan>`
  })
  return `<text y="14" xml:space="preserve">${spans.join('')}</text>`
}

const margin = 16

/** One picture of what a terminal shows, below the line that was typed. */
export function screenSvg(typed: string, rows: readonly Row[], palette: Palette, columns: number): string {
  const prompt: Row = [
    { text: '$', at: 0, color: 'c8', isBold: false, isDim: false },
    { text: typed, at: 2, color: undefined, isBold: true, isDim: false },
  ]
  const all = [prompt, ...rows]
  const [width, height] = [
    Math.ceil(columns * cell.width) + 2 * margin,
    all.length * cell.height + 2 * margin,
  ]
  const lines = all.map(
    (row, y) => `<g transform="translate(${margin},${margin + y * cell.height})">${rowSvg(row, palette)}</g>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${mono}" font-size="${cell.font}" fill="${palette.text}">
<title>${safe(typed)}</title>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="${palette.back}" stroke="${palette.frame}"/>
${lines.join('\n')}
</svg>
`
}
