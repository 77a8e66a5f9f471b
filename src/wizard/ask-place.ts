// Where the stage is to be: its name and its region, as far as nobody has said so.
import { AppError } from '../errors.ts'
import { stagePattern } from '../names.ts'
import type { Target } from '../settings/sources.ts'
import type { Prompts } from '../terminal/prompt.ts'

/** The stage's name, where neither a flag, a variable nor the file says it. */
export async function askStage(target: Target, prompts: Prompts): Promise<Target> {
  if (target.stageIsExplicit || !prompts.interactive) return target
  const stage = await prompts.text({
    message: 'Name of the stage',
    default: target.stage,
    flag: '--stage',
    env: 'WHATSAPP_OTP_STAGE',
    check: (typed) =>
      stagePattern.test(typed) || 'a lower-case letter, then up to 15 lower-case letters, digits or hyphens',
  })
  return { ...target, stage, stageIsExplicit: true }
}

/** Opens the stage; asks for the region where neither the variables nor the profile have one. */
export async function openInRegion<T>(
  { target, prompts }: { target: Target; prompts: Prompts },
  open: (target: Target) => Promise<T>,
): Promise<T> {
  try {
    return await open(target)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'REGION_MISSING' || !prompts.interactive) throw error
    const region = await prompts.text({
      message: 'AWS region',
      default: 'eu-central-1',
      flag: '--region',
      env: 'AWS_REGION',
      check: (typed) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(typed.trim()) || 'a region looks like eu-central-1',
    })
    return open({ ...target, region: region.trim() })
  }
}
