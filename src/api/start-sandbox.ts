// Starts the sandbox on a port, with words for one that is in use.
import { AppError, usageError } from '../errors.ts'
import type { Unsettled } from '../sandbox/account/unsettled.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/server.ts'

/**
 * `lifelike`: as slow as AWS really is. `orElsewhere`: on a free port where the one asked for is taken. Throws
 * PORT_TAKEN.
 */
export async function startOnPort(
  options: SandboxOptions,
  { lifelike: isLifelike = false, orElsewhere = false }: { lifelike?: boolean; orElsewhere?: boolean },
): Promise<Sandbox> {
  const [{ startSandbox }, { lifelike }] = await Promise.all([
    import('../sandbox/server.ts'),
    import('../sandbox/account/world.ts'),
  ])
  const start = (port: number) =>
    startSandbox({ ...options, port, ...(isLifelike ? { delays: lifelike } : {}) })
  const { port = 0 } = options
  try {
    return await start(port)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    if (orElsewhere) return start(0)
    throw await portTaken(port, error)
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

async function portTaken(port: number, cause: unknown): Promise<AppError> {
  const page = `http://127.0.0.1:${port}/`
  const isOurs = await isSandbox(page)
  return new AppError('PORT_TAKEN', `Port ${port} is in use`, {
    why: isOurs ? `a sandbox runs there already; its page is ${page}` : 'another program listens there',
    next: ['whatsapp-otp dev --port 0   starts one on a free port'],
    cause,
  })
}

/** Only a sandbox tells its time in this way. */
async function isSandbox(page: string): Promise<boolean> {
  try {
    const answer = await fetch(`${page}_sandbox/clock`, { signal: AbortSignal.timeout(1_000) })
    return answer.headers.get('x-amzn-requestid') === 'sandbox' && 'now' in ((await answer.json()) as object)
  } catch {
    return false
  }
}
