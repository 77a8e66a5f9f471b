// Starts the sandbox on a port, with words for one that is in use.
import { AppError } from '../errors.ts'
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

function portTaken(error: NodeJS.ErrnoException, port: number): unknown {
  if (error.code !== 'EADDRINUSE') return error
  return new AppError('PORT_TAKEN', `Port ${port} is in use`, {
    why: 'another program, perhaps another sandbox, listens there',
    next: ['whatsapp-otp dev --port 0'],
    cause: error,
  })
}
