// `demo`: the whole life of a stage on the embedded sandbox, told step by step. No account, no key.
import { join } from 'node:path'
import { newFolder, removeFolder } from '../sandbox/account/remains.ts'
import { showNextSteps } from '../terminal/next-steps.ts'
import type { CommandSpec } from './frame/command.ts'

export const command: CommandSpec = {
  description:
    'Starts a local AWS and a local WhatsApp, deploys a stage there with the same code that deploys to AWS, signs a user up and in, changes a setting, and removes everything again. Needs neither an AWS account nor a SendZen key.',
  examples: [
    ['whatsapp-otp demo', 'see it all work'],
    ['whatsapp-otp demo --json', 'the same as one document: each step with its result'],
    ['whatsapp-otp dev', 'keep such a sandbox running for your own app'],
  ],
  async run(context) {
    const { output, clock, tasks } = context
    const started = clock.now()
    const { startSandbox } = await import('../sandbox/server.ts')
    const [{ tellStory }, { runLine, terminalEnv }] = await Promise.all([
      import('../demo/story.ts'),
      import('../demo/run-line.ts'),
    ])
    const folder = newFolder()
    const sandbox = await startSandbox({ port: 0 })
    try {
      const env = { ...terminalEnv(context.io.env, join(folder, 'none')), ...sandbox.env() }
      const inside = { invoke: context.invoke, env, cwd: folder, debug: context.flags.debug === true }
      output.say('A local AWS and WhatsApp; nothing leaves them.')
      const chapters = await tellStory({
        sandbox,
        theme: output.theme,
        say: (text) => output.say(text),
        heading: (text) => output.say(`\n${output.theme.paint.bold(text)}`),
        run: (line) => tasks.run(`whatsapp-otp ${line}`, () => runLine(line, inside)),
      })
      const ms = clock.now() - started
      output.say(
        `\n${output.theme.done} ${chapters.length} chapters in ${(ms / 1000).toFixed(1)} s, nothing left behind.`,
      )
      showNextSteps(output, [
        ['whatsapp-otp dev', 'the same for your own app'],
        ['whatsapp-otp init', 'in your AWS account'],
      ])
      output.json({ command: 'demo', chapters, ms: Math.round(ms) })
    } finally {
      await sandbox.close()
      removeFolder(folder)
    }
  },
}
