// The one line on a terminal that is redrawn while something runs.
import type { Ora } from 'ora'
import type { Output } from './output.ts'
import { written } from './text.ts'

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

  // Until ora is loaded the line stands still, so that something is to be seen at once.
  const drawStill = () => {
    output.terminal.write(`\r\u001b[2K${paused ? '' : (text ?? '')}`)
  }
  const draw = () => {
    if (!ora) return drawStill()
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
    output.terminal.write('\r\u001b[2K')
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
      text = written(line, false)
      draw()
      loading ??= load()
      return loading
    },
    stop() {
      text = undefined
      if (loading) draw()
    },
  }
}
