// The one line on a terminal that is redrawn while something runs.
import type { Ora } from 'ora'
import type { Output } from './output.ts'

export interface Spinner {
  /** Resolves once the line is on the screen. */
  show(text: string): Promise<void>
  stop(): void
}

/** Does nothing where a line cannot be redrawn. Loads ora at the first use, so that start-up stays fast. */
export function createSpinner(output: Output): Spinner {
  if (!output.isLive) return { async show() {}, stop() {} }
  let ora: Ora | undefined
  let loading: Promise<void> | undefined
  let text: string | undefined
  let paused = false

  const draw = () => {
    if (!ora) return
    if (text === undefined || paused) return void ora.stop()
    ora.text = text
    if (!ora.isSpinning) ora.start()
  }
  const load = async () => {
    const { default: create } = await import('ora')
    ora = create({
      stream: output.terminal,
      isEnabled: true,
      // Ora asks its own chalk about colour, and would put stdin into raw mode, which swallows Ctrl-C.
      color: output.theme.color ? 'cyan' : false,
      discardStdin: false,
      hideCursor: true,
    })
    draw()
  }
  output.drawWith({
    pause() {
      paused = true
      draw()
    },
    resume() {
      paused = false
      draw()
    },
  })
  return {
    show(line) {
      text = line
      if (ora) draw()
      loading ??= load()
      return loading
    },
    stop() {
      text = undefined
      draw()
    },
  }
}
