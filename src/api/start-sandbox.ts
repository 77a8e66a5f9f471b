// Starts the sandbox on a port, with words for one that is in use.
import { AppError, usageError } from '../errors.ts'
import type { Unsettled } from '../sandbox/account/unsettled.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/server.ts'

/** `lifelike`: as slow as AWS really is. Throws PORT_TAKEN. */
export async function startOnPort(
  options: SandboxOptions,
  { lifelike: isLifelike = false }: { lifelike?: boolean },
): Promise<Sandbox> {
  const [{ startSandbox }, { lifelike }] = await Promise.all([
    import('../sandbox/server.ts'),
    import('../sandbox/account/world.ts'),
  ])
  try {
    return await startSandbox({ ...options, ...(isLifelike ? { delays: lifelike } : {}) })
  } catch (error) {
    throw portTaken(error as NodeJS.ErrnoException, options.port ?? 0)
  }
}

/** `--world name=way`, once or more, with commas between several. Throws WORLD_INVALID. */
export async function worldOf(flags: readonly string[]): Promise<Partial<Unsettled>> {
  const { matters, parseWay, unsettled } = await import('../sandbox/account/unsettled.ts')
  const texts = flags.flatMap((flag) => flag.split(',')).filter(Boolean)
  const ways = texts.map((text) => {
    const way = parseWay(text)
    if (way) return way
    throw usageError('WORLD_INVALID', `«${text}» is not a way that the sandbox knows`, {
      why: `they are ${matters.map((matter) => `${matter}=${unsettled[matter].join('|')}`).join(', ')}`,
      next: ['whatsapp-otp dev --world standInName=changing'],
    })
  })
  return Object.assign({}, ...ways)
}

function portTaken(error: NodeJS.ErrnoException, port: number): unknown {
  if (error.code !== 'EADDRINUSE') return error
  return new AppError('PORT_TAKEN', `Port ${port} is in use`, {
    why: 'another program, perhaps another sandbox, listens there',
    next: ['whatsapp-otp dev --port 0'],
    cause: error,
  })
}
