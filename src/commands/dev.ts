// `dev`: keeps the sandbox running with a stage in it, for an app under development or for its tests.
import { inTheWay } from '../settings/variables.ts'
import { notRun, runInside } from '../terminal/run-inside.ts'
import { sandboxLines } from '../views/sandbox-view.ts'
import { shellLines } from '../views/shell-lines.ts'
import type { CommandSpec } from './frame/command.ts'
import { provision } from './frame/local-stage.ts'
import { startDev } from './frame/start-dev.ts'
import { tellSignIns, untilStopped } from './frame/watch-sandbox.ts'

export const command: CommandSpec = {
  description:
    'Runs a local AWS (Cognito, Lambda, IAM, DynamoDB, …) and a local WhatsApp, with a page that shows what happens, and deploys the stage «local» into it. Any AWS SDK works with it unchanged through AWS_ENDPOINT_URL.',
  options: [
    ['--port <n>', 'port on 127.0.0.1; 0 picks a free one (default 4580)'],
    ['--empty', 'deploy nothing; just the empty account'],
    ['--exec <command>', 'run a command inside it, then stop and return its exit code'],
    [
      '--persist <folder>',
      'keep users, sign-ins, limits and parameters there, and go on from them at the next start',
    ],
    ['--lifelike', 'make AWS as slow as it really is'],
    ['--world <name=way>', 'make AWS as it may also be (see docs/assumptions.md)', true],
  ],
  settings: true,
  endless: true,
  examples: [
    ['whatsapp-otp dev', 'a sandbox with a stage, a page and the ids for your app'],
    ['whatsapp-otp dev --exec "npm test"', 'run your tests inside it'],
    ['whatsapp-otp dev --persist .whatsapp-otp', 'the same, whose users are there again at the next start'],
  ],
  async run(context) {
    const { flags, io, output, signal } = context
    const line = flags.exec === undefined ? undefined : String(flags.exec)
    const { sandbox, keptIn, close } = await startDev(context)
    try {
      const env = flags.empty ? sandbox.env() : await provision(context, sandbox)
      const others = inTheWay(io.env)
      if (line === undefined || output.isLive) tellSignIns(context, sandbox)
      if (line !== undefined) {
        // Stopped as the deploy ended: nobody waits for the command any more.
        signal.throwIfAborted()
        output.say(`  Page  ${sandbox.endpoint}/`)
        return await runInside(line, { env, without: others, io })
      }
      const { talk, data } = sandboxLines(sandbox, env, others, shellLines(io.env))
      output.say(talk.join('\n'))
      output.data(data.join('\n'))
      output.json({ command: 'dev', endpoint: sandbox.endpoint, env })
      await untilStopped(context, sandbox)
      output.say(`Stopped; ${keptIn ? `the account is kept in ${keptIn}` : 'the sandbox kept nothing'}.`)
    } catch (error) {
      throw line !== undefined && signal.aborted ? notRun(line, error) : error
    } finally {
      await close()
    }
  },
}
