// What a connection to AWS is given by every command, and the addresses that are shown before anything is asked.
import type { Access } from '../aws/account.ts'
import { addressesOf, foreignLine, foreignOf, isEmulator } from '../aws/endpoints.ts'
import type { Context } from './command.ts'

/** What every connection of a command is given. Shows first which addresses are not AWS's own. */
export async function accessOf(context: Context): Promise<Access> {
  const { filesOf } = await import('../aws/profile.ts')
  const { io, sources, target, output, tasks, prompts } = context
  const { env, processEnv } = sources
  const files = await filesOf({ env, processEnv, profile: target.profile })
  for (const foreign of foreignOf(addressesOf(env, files))) {
    // An emulator on this computer is nothing to wonder about.
    if (isEmulator(foreign)) output.say(foreignLine(foreign))
    else output.warn(foreignLine(foreign))
  }
  const mfaCode = (serial: string) => prompts.text({ message: `Code of the MFA device ${serial}` })
  return {
    files,
    onWait: tasks.wait,
    ...(io.limits ? { limits: io.limits } : {}),
    ...(prompts.interactive ? { mfaCode } : {}),
  }
}
