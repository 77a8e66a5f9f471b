// The sandbox that `dev` runs: on its port, with the ids and keys of every start, and with the account that is kept.
import { identityOf } from '../../dev/identity.ts'
import type { Keeping } from '../../dev/keeping.ts'
import { usageError } from '../../errors.ts'
import type { Sandbox } from '../../sandbox/server.ts'
import { portOf } from '../../settings/flag-values.ts'
import type { Context } from './command.ts'

export interface Started {
  sandbox: Sandbox
  /** The folder that keeps the account; undefined where none does. */
  keptIn: string | undefined
  close(): Promise<void>
}

/** Throws PORT_INVALID, PORT_TAKEN, WORLD_INVALID, PERSIST_EMPTY, and as `keepingIn` does. */
export async function startDev(context: Context): Promise<Started> {
  const { flags, io, tasks } = context
  const port = portOf(flags.port)
  const { startOnPort, worldOf } = await import('../../api/start-sandbox.ts')
  const world = await worldOf((flags.world ?? []) as string[])
  const orElsewhere = flags.exec !== undefined && flags.port === undefined
  const how = { lifelike: Boolean(flags.lifelike), orElsewhere }
  const keeping = await keepingOf(context)
  try {
    const options = { port, world, sendzen: { stepMs: 400 }, saved: keeping?.saved }
    const identity = await identityOf(io.env)
    const sandbox = await tasks.run('Start the sandbox', () =>
      startOnPort({ ...options, ...identity }, how).catch(keeping?.explain),
    )
    keeping?.begin(sandbox)
    const close = () => sandbox.close().finally(() => keeping?.end())
    return { sandbox, keptIn: keeping?.folder, close }
  } catch (error) {
    await keeping?.end()
    throw error
  }
}

async function keepingOf({ flags, io, clock, output }: Context): Promise<Keeping | undefined> {
  if (flags.persist === undefined) return undefined
  if (flags.empty) {
    throw usageError('PERSIST_EMPTY', '--persist cannot be used with --empty', {
      why: 'functions and roles are not kept: they come from the deploy at each start',
      next: ['whatsapp-otp dev --persist <folder>'],
    })
  }
  const { keepingIn } = await import('../../dev/keeping.ts')
  return keepingIn(String(flags.persist), { cwd: io.cwd, clock, warn: output.warn })
}
