// The folders of the user in which this tool keeps something of its own.
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

type Env = Record<string, string | undefined>

/** For what can be looked up again. */
export function cacheFolder(env: Env): string {
  return own(env, env.XDG_CACHE_HOME, '.cache')
}

/** For what a person would miss, but no other computer needs. */
export function stateFolder(env: Env): string {
  return own(env, env.XDG_STATE_HOME, join('.local', 'state'))
}

/** A relative path counts for nothing, as freedesktop.org's specification wants it. */
function own(env: Env, named: string | undefined, usual: string): string {
  const given = [named, env.LOCALAPPDATA].find((path) => path && isAbsolute(path))
  return join(given ?? join(env.HOME ?? homedir(), usual), 'whatsapp-otp')
}
