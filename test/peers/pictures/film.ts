// The recording: a terminal that plays `demo`, and beside it the phone that its messages arrive on. One SVG.
import type { Chunk, Size } from './pty.ts'
import { cell, mono, palettes, type Row, rowSvg, Screen, safe, textOf } from './screen.ts'

export interface Frame {
  /** Milliseconds that it is to be seen. */
  ms: number
  rows: Row[]
}

/** A person reads slower than a program prints, and waits for nothing. */
const pace = { least: 90, most: 700, afterMessage: 1_800, last: 6_000 }

/** The code in a message, as the program draws it on the terminal. */
const message = /│ (\d+) is your verification code\.\s+(\d\d:\d\d) │/g

export interface Message {
  code: string
  time: string
}

const messagesIn = (text: string): Message[] =>
  [...text.matchAll(message)].map(([, code = '', time = '']) => ({ code, time }))

/** What was on the screen, as long as it stayed the same. */
export async function framesOf(chunks: readonly Chunk[], size: Size): Promise<Frame[]> {
  const screen = new Screen(size)
  const shown: { at: number; rows: Row[] }[] = []
  for (const { at, data } of chunks) {
    // A chunk may hold several lines; one at a time is how they are read.
    for (const line of data.split(/(?<=\n)/)) {
      await screen.write(line)
      const rows = screen.rows()
      if (textOf(rows) !== textOf(shown.at(-1)?.rows ?? [])) shown.push({ at, rows })
    }
  }
  const calm = shown.filter(({ rows }) => !isBusy(rows))
  return calm.map(({ at, rows }, n) => {
    const next = calm[n + 1]
    if (!next) return { ms: pace.last, rows }
    const isNews = messagesIn(textOf(rows)).length > 0 && textOf(rows).trimEnd().endsWith('╯')
    if (isNews) return { ms: pace.afterMessage, rows }
    return { ms: Math.min(pace.most, Math.max(pace.least, next.at - at)), rows }
  })
}

/** A spinner that turns says nothing that is worth a frame. */
const isBusy = (rows: readonly Row[]) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/m.test(textOf(rows))

const palette = palettes.dark
const phone = { width: 248, height: 531 }
const gap = 28
const margin = 16

/** The whole as one SVG that plays again and again; whoever wants no motion sees its end. */
export function film(frames: readonly Frame[], { columns, rows }: Size, sender: string): string {
  const total = frames.reduce((sum, { ms }) => sum + ms, 0)
  const rowIds = new Map<string, string>()
  const idOf = (row: Row) => {
    const svg = rowSvg(row, palette)
    if (!rowIds.has(svg)) rowIds.set(svg, `l${rowIds.size}`)
    return rowIds.get(svg)
  }
  const seen: Message[] = []
  const drawn = frames.map(({ rows: lines }, n) => {
    for (const one of messagesIn(textOf(lines))) {
      if (!seen.some(({ code }) => code === one.code)) seen.push(one)
    }
    const uses = lines.map((row, y) =>
      row.length > 0 ? `<use href="#${idOf(row)}" y="${y * cell.height}"/>` : '',
    )
    const [text, chat] = [uses.join(''), seen.length]
    return { n, text, chat }
  })
  const terminal = {
    width: Math.ceil(columns * cell.width) + 2 * margin,
    height: rows * cell.height + 2 * margin + 24,
  }
  const width = terminal.width + gap + phone.width
  const height = Math.max(terminal.height, phone.height)
  const chats = seen.map((_, n) => `<g id="p${n + 1}">${bubbles(seen.slice(0, n + 1))}</g>`)
  let passed = 0
  const steps = frames.map(({ ms }, n) => {
    const at = ((passed / total) * 100).toFixed(2)
    passed += ms
    return `${at}%{transform:translateY(-${n * height}px)}`
  })
  const end = `transform:translateY(-${(frames.length - 1) * height}px)`
  const strip = drawn.map(
    ({ n, text, chat }) =>
      `<g transform="translate(0,${n * height})"><g transform="translate(${margin},${margin + 24})">${text}</g>${chat ? `<use href="#p${chat}" x="${terminal.width + gap}"/>` : ''}</g>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${mono}" font-size="${cell.font}" fill="${palette.text}">
<title>whatsapp-otp demo: a stage is made, its user signs in with codes that arrive on the phone, and it is removed</title>
<style>.f{${end};animation:f ${(total / 1000).toFixed(1)}s steps(1,end) infinite}@keyframes f{${steps.join('')}100%{${end}}}@media (prefers-reduced-motion:reduce){.f{animation:none}}</style>
<defs>${[...rowIds].map(([svg, id]) => `<g id="${id}">${svg}</g>`).join('\n')}
${chats.join('\n')}</defs>
<rect x=".5" y=".5" width="${terminal.width - 1}" height="${height - 1}" rx="10" fill="${palette.back}" stroke="${palette.frame}"/>
<circle cx="18" cy="18" r="5" fill="#ff5f57"/><circle cx="36" cy="18" r="5" fill="#febc2e"/><circle cx="54" cy="18" r="5" fill="#28c840"/>
<text x="74" y="23" font-weight="700">$ npx whatsapp-otp demo</text>
<g transform="translate(${terminal.width + gap},0)">${handset(sender)}</g>
<svg width="${width}" height="${height}" overflow="hidden"><g class="f">${strip.join('\n')}</g></svg>
</svg>
`
}

const sans = 'system-ui,-apple-system,Segoe UI,Roboto,sans-serif'

/** A phone with an empty conversation. */
function handset(sender: string): string {
  const { width, height } = phone
  return `<rect width="${width}" height="${height}" rx="28" fill="#111b21"/><rect x="8" y="8" width="${width - 16}" height="${height - 16}" rx="21" fill="#efeae2"/><path d="M8 62V29a21 21 0 0 1 21-21h${width - 58}a21 21 0 0 1 21 21v33z" fill="#075e54"/><circle cx="36" cy="36" r="14" fill="#dfe5e7"/><g font-family="${sans}" fill="#fff"><text x="60" y="33" font-size="14" font-weight="600">${safe(sender)}</text><text x="60" y="49" font-size="11" opacity=".8">WhatsApp Business</text></g>`
}

/** The messages below one another, with what an authentication template shows. */
function bubbles(messages: readonly Message[]): string {
  const drawn = messages.map(({ code, time }, n) => {
    const y = 78 + n * 104
    return `<g transform="translate(18,${y})"><rect width="${phone.width - 52}" height="92" rx="9" fill="#fff"/><text x="12" y="23" font-size="13" fill="#111b21"><tspan font-weight="700">${code}</tspan> is your</text><text x="12" y="41" font-size="13" fill="#111b21">verification code.</text><text x="${phone.width - 64}" y="52" font-size="10" text-anchor="end" fill="#667781">${time}</text><path d="M0 60h${phone.width - 52}" stroke="#e9edef"/><text x="${(phone.width - 52) / 2}" y="80" font-size="13" text-anchor="middle" fill="#027eb5">Copy code</text></g>`
  })
  return `<g font-family="${sans}">${drawn.join('')}</g>`
}
