// Where the stage is to be: its name, the profile and its region, as far as nobody has said so.
import { listProfiles, readProfile } from '../aws/profile.ts'
import { stagePattern } from '../names.ts'
import { type Sources, type Target, targetOf } from '../settings/sources.ts'
import { widthOf } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'
import type { Prompts } from '../terminal/prompt.ts'

/** What the questions work with. */
interface Asking {
  target: Target
  sources: Sources
  output: Output
}

/** What was answered before, to be offered again. */
export interface PlaceBefore {
  stage?: string | undefined
  profile?: string | undefined
  region?: string | undefined
}

/** The stage's name, where neither a flag, a variable nor the file says it; with what the file says of that stage. */
export async function askStage(
  { target, sources }: Asking,
  prompts: Prompts,
  before: PlaceBefore = {},
): Promise<Target> {
  if (target.stageIsExplicit || !prompts.interactive) return target
  const stage = await prompts.text({
    message: 'Name of the stage',
    default: before.stage ?? target.stage,
    flag: '--stage',
    env: 'WHATSAPP_OTP_STAGE',
    check: (typed) =>
      stagePattern.test(typed) || 'a lower-case letter, then up to 15 lower-case letters, digits or hyphens',
  })
  return targetOf({ ...sources, flags: { ...sources.flags, stage } })
}

/** Any of these says whose credentials are meant. */
const credentials = [
  'AWS_ACCESS_KEY_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
]

/** One of the profiles of the AWS configuration, where nothing says whose credentials are meant. */
export async function askProfile(
  { target, sources: { env, processEnv }, output }: Asking,
  prompts: Prompts,
  before: PlaceBefore = {},
): Promise<Target> {
  if (target.profile || !prompts.interactive || credentials.some((name) => env[name])) return target
  const profiles = await listProfiles(processEnv)
  const [first] = profiles
  if (!first || (profiles.length === 1 && first.name === 'default')) return target
  if (profiles.length === 1) return { ...target, profile: first.name }
  const column = Math.max(...profiles.map(({ name }) => name.length))
  const names = profiles.map(({ name }) => name)
  const profile = await prompts.select({
    message: 'Which AWS profile?',
    flag: '--profile',
    env: 'AWS_PROFILE',
    choices: profiles.map(({ name, hints }) => {
      const told = hints.join(' · ')
      const row = `${name.padEnd(column)}  ${told}`.trimEnd()
      const fits = widthOf(row) <= output.width - 4
      // What does not fit into the row stands below the list.
      return { value: name, name: fits ? row : name, short: name, description: fits ? undefined : told }
    }),
    default: before.profile && names.includes(before.profile) ? before.profile : first.name,
  })
  return { ...target, profile }
}

/** The region, where neither a flag, a variable, a file nor the profile says it. Throws PROFILE_UNKNOWN. */
export async function askRegion(
  { target, sources: { processEnv } }: Asking,
  prompts: Prompts,
  before: PlaceBefore = {},
): Promise<Target> {
  if (target.region || !prompts.interactive) return target
  const { values } = await readProfile(processEnv, target.profile)
  if (values.region) return target
  const region = await prompts.text({
    message: 'AWS region',
    default: before.region ?? 'eu-central-1',
    flag: '--region',
    env: 'AWS_REGION',
    check: (typed) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(typed.trim()) || 'a region looks like eu-central-1',
  })
  return { ...target, region: region.trim() }
}
