// What to do now: the last lines of a command that succeeded.
import { widthOf } from './layout.ts'
import type { Output } from './output.ts'

/** `Next` and then a line for each command with what it is for; each is copyable as it stands. */
export function showNextSteps(output: Output, steps: [command: string, what: string][]): void {
  const column = Math.max(...steps.map(([command]) => widthOf(command)))
  output.say('\nNext')
  for (const [command, what] of steps) {
    const line = `  ${command.padEnd(column)}  ${output.theme.paint.dim(what)}`
    output.say(widthOf(line) <= output.width ? line : `  ${command}`)
  }
}
