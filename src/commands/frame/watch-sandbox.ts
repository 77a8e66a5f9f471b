// A sandbox that runs in front of somebody: its sign-ins as lines, and the keys that he may press.
import { once } from 'node:events'
import { flowLine } from '../../dev/flow-line.ts'
import type { Sandbox } from '../../sandbox/server.ts'
import type { Context } from './command.ts'

/** Prints codes and refusals as they happen; gives what ends that. */
export function tellSignIns({ output }: Context, sandbox: Sandbox): () => void {
  return sandbox.flows.listen((event) => {
    const line = flowLine(event, output.theme)
    if (line) output.say(line)
  })
}

/** Resolves when he has had enough: `q`, Ctrl-C, or a signal. */
export async function untilStopped({ io, output, signal }: Context, { endpoint }: Sandbox): Promise<void> {
  const stopped = new AbortController()
  const stop = () => stopped.abort()
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  let silence = () => {}
  if (output.isLive && io.stdin.isTTY && !stopped.signal.aborted) {
    const [{ listenToKeys }, { openPage }] = await Promise.all([
      import('../../terminal/keys.ts'),
      import('../../terminal/open-page.ts'),
    ])
    const keys = '\n  o  open the page\n  q  quit\n  ?  these keys'
    const open = async () => {
      if (!(await openPage(`${endpoint}/`, io.env))) output.warn(`No browser opens here: ${endpoint}/`)
    }
    silence = listenToKeys(io.stdin, { o: () => void open(), q: stop, '?': () => output.say(keys) }, stop)
    output.say('\n  o opens the page, q quits, ? helps.\n')
  } else output.say('\n  Ctrl-C stops it.')
  try {
    if (!stopped.signal.aborted) await once(stopped.signal, 'abort')
  } finally {
    silence()
    signal.removeEventListener('abort', stop)
  }
}
