// `dev`: keeps the sandbox running with a stage in it, for an app under development or for its tests.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { AppError, type ExitCode, usageError } from '../errors.ts'
import type { Sandbox } from '../sandbox/server.ts'
import { readSources } from '../settings/load.ts'
import type { CommandSpec, Context } from './command.ts'

export const command: CommandSpec = {
  description:
    'Runs a local AWS (Cognito, Lambda, IAM, DynamoDB, …) and a local WhatsApp with an inbox page, and deploys the stage «local» into it. Any AWS SDK works with it unchanged through AWS_ENDPOINT_URL.',
  options: [
    ['--port <n>', 'port on 127.0.0.1; 0 picks a free one (default 4580)'],
    ['--empty', 'deploy nothing; just the empty account'],
    ['--exec <command>', 'run a command inside it, then stop and return its exit code'],
    ['--lifelike', 'make AWS as slow as it really is'],
  ],
  settings: true,
  endless: true,
  examples: [
    ['whatsapp-otp dev', 'a sandbox with a stage, an inbox page and the ids for your app'],
    ['whatsapp-otp dev --exec "npm test"', 'run your tests inside it'],
    ['whatsapp-otp dev --empty --port 0', 'an empty account on a free port'],
  ],
  async run(context) {
    const { flags, output, signal, tasks } = context
    const { startSandbox } = await import('../sandbox/server.ts')
    const { lifelike } = await import('../sandbox/account/world.ts')
    const port = portOf(flags.port)
    const sandbox = await tasks.run('Start the sandbox', () =>
      startSandbox({ port, sendzen: { stepMs: 400 }, ...(flags.lifelike ? { delays: lifelike } : {}) }).catch(
        (error) => {
          throw portTaken(error, port)
        },
      ),
    )
    try {
      const env = { ...sandbox.env(), ...(flags.empty ? {} : await provision(context, sandbox)) }
      if (flags.exec) return await execute(String(flags.exec), env, context)
      showBox(context, sandbox, env)
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      output.say('Stopped; the sandbox kept nothing.')
    } finally {
      await sandbox.close()
    }
  },
}

/** Deploys the stage `local` by the same code that deploys to AWS; gives the variables with its ids. */
async function provision(context: Context, sandbox: Sandbox): Promise<Record<string, string>> {
  const { flags, clock, signal, tasks } = context
  const [{ openStage }, { playDeploy, prepareDeploy }] = await Promise.all([
    import('../stage/stage.ts'),
    import('../stage/deploy.ts'),
  ])
  // The folder's settings count (expiry, limits, …), but neither its account nor its SendZen key.
  const given = await readSources(flags, context.io.env, context.io.cwd)
  const fixed = sandbox.env()
  const sources = {
    ...given,
    flags: {
      ...given.flags,
      sendzenUrl: undefined,
      from: undefined,
      template: undefined,
      languages: undefined,
    },
    env: { ...given.env, ...fixed },
    processEnv: { ...given.processEnv, ...fixed },
  }
  const target = {
    stage: 'local',
    stageIsExplicit: true,
    region: sandbox.region,
    profile: undefined,
    account: undefined,
  }
  const stage = await openStage({ sources, target, clock, signal })
  const prepared = await prepareDeploy(stage)
  const { refs } = await tasks.run('Deploy the stage «local» into it', () => playDeploy(prepared, () => {}))
  const ids = {
    WHATSAPP_OTP_USER_POOL_ID: refs.userPoolId ?? '',
    WHATSAPP_OTP_SIGNUP_CLIENT_ID: refs.signupClientId ?? '',
    WHATSAPP_OTP_LOGIN_CLIENT_ID: refs.loginClientId ?? '',
  }
  sandbox.showStage(ids)
  return ids
}

/** Runs the command in a shell with the sandbox's variables and passes Ctrl-C on to it. */
async function execute(
  line: string,
  env: Record<string, string>,
  { io, signal }: Context,
): Promise<ExitCode> {
  const child = spawn(line, { shell: true, stdio: 'inherit', cwd: io.cwd, env: { ...io.env, ...env } })
  signal.addEventListener('abort', () => child.kill('SIGINT'))
  return new Promise((resolve, reject) => {
    child.on('error', (error) =>
      reject(
        new AppError('EXEC_FAILED', `«${line}» could not be started`, { why: error.message, cause: error }),
      ),
    )
    // A shell reports a signal as 128 + its number; so do we.
    child.on('exit', (code, killedBy) =>
      resolve((code ?? 128 + (killedBy ? constants.signals[killedBy] : 0)) as ExitCode),
    )
  })
}

function showBox({ output }: Context, sandbox: Sandbox, env: Record<string, string>): void {
  const ids = Object.entries(env).filter(([name]) => /^WHATSAPP_OTP_.*_ID$/.test(name))
  output.say()
  output.say(`  Sandbox  ${sandbox.endpoint}   account ${sandbox.account}, ${sandbox.region}`)
  output.say(`  Inbox    ${sandbox.endpoint}/`)
  for (const [name, value] of ids) output.say(`  ${name}=${value}`)
  output.say()
  output.say('  Point an app or a shell at it:')
  // An empty sandbox is there to be deployed to, which needs its SendZen too.
  const told = ids.length > 0 ? /^(AWS_|WHATSAPP_OTP_)/ : /./
  for (const [name, value] of Object.entries(env)) if (told.test(name)) output.data(`export ${name}=${value}`)
  output.say('\n  Ctrl-C stops it.')
  output.json({ command: 'dev', endpoint: sandbox.endpoint, env })
}

function portOf(flag: unknown): number {
  const port = Number(flag ?? 4580)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw usageError('PORT_INVALID', `«${String(flag)}» is not a port`, {
    why: 'it must be a number from 0 to 65535',
    next: ['whatsapp-otp dev --port 0'],
  })
}

function portTaken(error: NodeJS.ErrnoException, port: number): unknown {
  if (error.code !== 'EADDRINUSE') return error
  return new AppError('PORT_TAKEN', `Port ${port} is in use`, {
    why: 'another program, perhaps another sandbox, listens there',
    next: ['whatsapp-otp dev --port 0'],
    cause: error,
  })
}
