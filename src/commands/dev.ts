// `dev`: keeps the sandbox running with a stage in it, for an app under development or for its tests.
import type { Sandbox } from '../sandbox/server.ts'
import { portOf } from '../settings/flag-values.ts'
import { readSources } from '../settings/sources.ts'
import { sandboxLines } from '../views/sandbox-view.ts'
import type { CommandSpec, Context } from './frame/command.ts'

export const command: CommandSpec = {
  description:
    'Runs a local AWS (Cognito, Lambda, IAM, DynamoDB, …) and a local WhatsApp with an inbox page, and deploys the stage «local» into it. Any AWS SDK works with it unchanged through AWS_ENDPOINT_URL.',
  options: [
    ['--port <n>', 'port on 127.0.0.1; 0 picks a free one (default 4580)'],
    ['--empty', 'deploy nothing; just the empty account'],
    ['--exec <command>', 'run a command inside it, then stop and return its exit code'],
    ['--lifelike', 'make AWS as slow as it really is'],
    ['--world <name=way>', 'make AWS as it may also be (see docs/assumptions.md)', true],
  ],
  settings: true,
  endless: true,
  examples: [
    ['whatsapp-otp dev', 'a sandbox with a stage, an inbox page and the ids for your app'],
    ['whatsapp-otp dev --exec "npm test"', 'run your tests inside it'],
    ['whatsapp-otp dev --empty --port 0', 'an empty account on a free port'],
  ],
  async run(context) {
    const { flags, io, output, signal, tasks } = context
    const port = portOf(flags.port)
    const { startOnPort, worldOf } = await import('../api/start-sandbox.ts')
    const world = await worldOf((flags.world ?? []) as string[])
    const options = { port, sendzen: { stepMs: 400 }, world }
    const sandbox = await tasks.run('Start the sandbox', () =>
      startOnPort(options, { lifelike: Boolean(flags.lifelike) }),
    )
    try {
      const env = { ...sandbox.env(), ...(flags.empty ? {} : await provision(context, sandbox)) }
      if (flags.exec) {
        const { runInside } = await import('../terminal/run-inside.ts')
        return await runInside(String(flags.exec), { env: { ...io.env, ...env }, cwd: io.cwd, signal })
      }
      const { talk, data } = sandboxLines(sandbox, env)
      for (const line of talk) output.say(line)
      for (const line of data) output.data(line)
      output.say('\n  Ctrl-C stops it.')
      output.json({ command: 'dev', endpoint: sandbox.endpoint, env })
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      output.say('Stopped; the sandbox kept nothing.')
    } finally {
      await sandbox.close()
    }
  },
}

/** Deploys the stage `local`; gives the variables with its ids, which the inbox page shows too. */
async function provision({ flags, io, clock, signal, tasks, output }: Context, sandbox: Sandbox) {
  const { deployLocal } = await import('../stage/local.ts')
  const given = await readSources(flags, io.env, io.cwd)
  const wanted = { given, env: sandbox.env(), region: sandbox.region, clock, signal }
  const { ids, webhook } = await deployLocal(wanted, { ...tasks, warn: output.warn })
  sandbox.sendzen.setWebhook(webhook)
  sandbox.showStage(ids)
  return ids
}
