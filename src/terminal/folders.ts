// The folders of the user in which this tool keeps something of its own.
import { homedir } from 'node:os'
import nodePath, { type PlatformPath } from 'node:path'

type Env = Record<string, string | undefined>

/** For what can be looked up again. */
export function cacheFolder(env: Env, path: PlatformPath = nodePath): string {
  return own(env, env.XDG_CACHE_HOME, ['.cache'], path)
}

/** For what a person would miss, but no other computer needs. */
export function stateFolder(env: Env, path: PlatformPath = nodePath): string {
  return own(env, env.XDG_STATE_HOME, ['.local', 'state'], path)
}

/** A relative path counts for nothing, as freedesktop.org's specification wants it. */
function own(env: Env, named: string | undefined, usual: string[], path: PlatformPath): string {
  const given = [named, env.LOCALAPPDATA].find((one) => one && path.isAbsolute(one))
  return path.join(given ?? path.join(env.HOME ?? homedir(), ...usual), 'whatsapp-otp')
}
