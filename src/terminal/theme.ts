// Symbols and colours of everything that is shown; each symbol is understood without its colour.
import { Chalk } from 'chalk'
import { asOurs, written } from './text.ts'

export interface Theme {
  color: boolean
  paint: Paint
  done: string
  failed: string
  warning: string
  create: string
  update: string
  delete: string
  keep: string
  refused: string
}

const paints = ['bold', 'dim', 'green', 'red', 'yellow'] as const
/** Plain text to painted; what comes from outside may stand in it. */
type Paint = Record<(typeof paints)[number], (text: string) => string>

/** The symbols, painted when `color` is on. */
export function createTheme(color: boolean): Theme {
  // An instance of our own: chalk's global one decides about colour by itself.
  const chalk = new Chalk({ level: color ? 1 : 0 })
  const paint = Object.fromEntries(
    paints.map((name) => [name, (text: string) => asOurs(chalk[name](written(text, false)))]),
  ) as Paint
  return {
    color,
    paint,
    done: paint.green('✓'),
    failed: paint.red('✖'),
    warning: paint.yellow('!'),
    create: paint.green('+'),
    update: paint.yellow('~'),
    delete: paint.red('-'),
    keep: paint.dim('='),
    refused: paint.red('!'),
  }
}

export interface ColorQuestion {
  env: Record<string, string | undefined>
  isTTY: boolean | undefined
  /** --no-color. */
  noColor?: boolean | undefined
}

/**
 * Whether a stream gets colours. Who says no wins: --no-color, then NO_COLOR (no-color.org: any text but the
 * empty one), then FORCE_COLOR (0 and false are a no), then CI and TERM=dumb, then whether it is a terminal.
 */
export function wantsColor({ env, isTTY, noColor }: ColorQuestion): boolean {
  if (noColor || env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR.toLowerCase())
  if (isCi(env) || env.TERM === 'dumb') return false
  return isTTY === true
}

/** Build servers set CI to something; `CI=false` is how people take it back. */
export function isCi(env: Record<string, string | undefined>): boolean {
  return Boolean(env.CI) && env.CI !== 'false' && env.CI !== '0'
}
