// What a connection to AWS is given by every command, and the addresses that are shown before anything is asked.
import type { Access } from '../../aws/account.ts'
import { addressesOf, doubtsOf, foreignLine, foreignOf, isEmulator } from '../../aws/endpoints.ts'
import { type Doubt, notAgreed } from '../../aws/trust.ts'
import type { Context } from './command.ts'

/** What opening an account takes of a run, a command or not. */
export type Opening = Pick<
  Context,
  'sources' | 'target' | 'output' | 'tasks' | 'prompts' | 'clock' | 'signal'
> & {
  io: Pick<Context['io'], 'limits'>
}

/** What only the real environment says: a file that comes with a repository must not lead calls elsewhere. */
const userOnly = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'AWS_CA_BUNDLE', 'AWS_CONFIG_FILE']

/**
 * What every connection of a command is given. Shows first which addresses are not AWS's own, and asks about those
 * that a file of the working directory names. Throws ADDRESS_NOT_AGREED.
 */
export async function accessOf(context: Opening): Promise<Access> {
  const { filesOf } = await import('../../aws/profile.ts')
  const { io, sources, target, output, tasks, prompts } = context
  const { env, processEnv } = sources
  const files = await filesOf({ env, processEnv, profile: target.profile })
  const addresses = addressesOf({ env, processEnv, files, profileFrom: target.profileFrom })
  for (const foreign of foreignOf(addresses)) {
    // An emulator on this computer is nothing to wonder about.
    if (isEmulator(foreign)) output.say(foreignLine(foreign))
    else output.warn(foreignLine(foreign))
  }
  await agreeTo(context, doubtsOf(addresses, sources.trusted))
  const unused = userOnly.filter((name) => env[name] && !processEnv[name])
  if (unused.length > 0) output.warn(`${unused.join(', ')} in .env: not used, only the environment counts`)
  const mfaCode = (serial: string) => prompts.text({ message: `Code of the MFA device ${serial}` })
  return {
    files,
    onWait: tasks.wait,
    ...(io.limits ? { limits: io.limits } : {}),
    ...(prompts.interactive ? { mfaCode } : {}),
  }
}

/**
 * Asks about addresses that a file of the working directory names. Throws ADDRESS_NOT_AGREED where the user does not
 * agree, or where nobody can be asked: --yes is no answer to it.
 */
export async function agreeTo(
  { prompts, sources }: Pick<Context, 'prompts' | 'sources'>,
  doubts: readonly Doubt[],
): Promise<void> {
  for (const doubt of doubts) {
    const { address, from, gets } = doubt
    const message = `${address} would get ${gets}; it comes from ${from}. Do you know it?`
    if (!prompts.interactive || !(await prompts.confirm({ message }))) throw notAgreed(doubt)
    sources.trusted.add(address)
  }
}
