// `demo`: the whole life of a stage on the embedded sandbox, told step by step. No account, no key.
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { AppError, exitCodes } from '../errors.ts'
import { newFolder, removeFolder } from '../sandbox/account/remains.ts'
import type { Io } from '../terminal/io.ts'
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
    const { output, clock } = context
    const started = clock.now()
    const { startSandbox } = await import('../sandbox/server.ts')
    const { tellStory } = await import('../demo/story.ts')
    const folder = newFolder()
    const sandbox = await startSandbox({ port: 0 })
    try {
      const io: Partial<Io> = {
        env: { ...terminalEnv(context.io.env, join(folder, 'none')), ...sandbox.env() },
        cwd: folder,
        ...(output.isJson ? { stdout: nowhere(), stderr: nowhere() } : {}),
      }
      const chapters = await tellStory({
        sandbox,
        say: (text) => output.say(text),
        heading: (text) => output.say(`\n${output.theme.paint.bold(text)}`),
        async run(line) {
          output.say(output.theme.paint.dim(`$ whatsapp-otp ${line}`))
          const code = await context.invoke([...line.split(' '), '--no-input'], io)
          if (code !== exitCodes.done) throw new AppError('DEMO_FAILED', `«whatsapp-otp ${line}» failed`)
        },
      })
      const ms = clock.now() - started
      output.say(
        `\n${output.theme.done} ${chapters.length} chapters in ${(ms / 1000).toFixed(1)} s, nothing left behind.`,
      )
      output.say('Your turn: whatsapp-otp dev for your own app, whatsapp-otp init for your AWS account.')
      output.json({ command: 'demo', chapters, ms: Math.round(ms) })
    } finally {
      await sandbox.close()
      removeFolder(folder)
    }
  },
}

/** What the terminal needs; nothing of the user's AWS or SendZen settings may reach the demo, files included. */
function terminalEnv(env: Io['env'], none: string): Io['env'] {
  const kept = ['PATH', 'HOME', 'TERM', 'LANG', 'NO_COLOR', 'FORCE_COLOR', 'CI', 'COLUMNS']
  const files = { AWS_CONFIG_FILE: none, AWS_SHARED_CREDENTIALS_FILE: none }
  return { ...Object.fromEntries(kept.map((name) => [name, env[name]])), ...files }
}

function nowhere(): NodeJS.WriteStream {
  return new Writable({ write: (_chunk, _encoding, done) => done() }) as NodeJS.WriteStream
}
