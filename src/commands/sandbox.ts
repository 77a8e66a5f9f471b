// Starts the sandbox of `dev`, with words for a port that is in use.
import { AppError } from '../errors.ts'
import type { Sandbox } from '../sandbox/server.ts'

export async function startOnPort(port: number, isLifelike: boolean): Promise<Sandbox> {
  const [{ startSandbox }, { lifelike }] = await Promise.all([
    import('../sandbox/server.ts'),
    import('../sandbox/account/world.ts'),
  ])
  const delays = isLifelike ? { delays: lifelike } : {}
  return startSandbox({ port, sendzen: { stepMs: 400 }, ...delays }).catch((error) => {
    throw portTaken(error, port)
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
