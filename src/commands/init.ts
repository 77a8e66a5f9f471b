// `init`: the wizard. Asks what is still unknown, shows the plan, and then does what deploy does.
import { AppError, usageError } from '../errors.ts'
import { stagePattern } from '../names.ts'
import type { OpenStage } from '../stage/stage.ts'
import type { CommandSpec, Context } from './command.ts'
import { finishDeploy } from './deploy.ts'
import { open } from './open.ts'
import { sendTest } from './test-send.ts'

export const command: CommandSpec = {
  description:
    'Sets up a stage step by step: region, SendZen key, sender, template, countries and limits. Shows the plan and asks before anything is made. Every question can be answered by a flag, a variable or .env instead.',
  settings: true,
  examples: [
    ['whatsapp-otp init', 'answer the questions'],
    ['whatsapp-otp init --stage prod --countries DE,AT', 'with some answers given'],
    ['whatsapp-otp init --no-input --yes', 'all answers from .env; for scripts'],
  ],
  async run(given) {
    const { output, prompts, tasks, clock, flags, signal } = given
    const [{ askForMissing }, { connectAccount }, { keyOf }] = await Promise.all([
      import('../wizard/ask.ts'),
      import('../stage/providers.ts'),
      import('../stage/sending.ts'),
    ])
    const context = await askStage(given)
    const stage = await openInRegion(context)
    if (stage.record)
      output.say(`The stage exists since ${stage.record.createdAt}; its settings are the defaults.`)
    const resolved = await askForMissing(stage.resolved, {
      prompts,
      output,
      tasks,
      connect: connectAccount,
      clock,
      signal,
      storedKey: stage.record && (await keyOf(stage)),
    })
    const started = clock.now()
    const { prepareDeploy } = await import('../stage/deploy.ts')
    const answered = { ...stage, resolved }
    const prepared = await tasks.run('Read the stage', () => prepareDeploy(answered))
    await finishDeploy(context, prepared, {
      command: 'init',
      started,
      async confirm() {
        if (flags.yes) return
        const go = await prompts.confirm({ message: 'Do this?', default: true, flag: '--yes' })
        if (!go) throw usageError('DECLINED', 'Nothing was changed', { next: ['whatsapp-otp init'] })
      },
    })
    if (prompts.interactive && !flags.yes) await offerTest(context, answered)
  },
}

/** The stage's name, where neither a flag, a variable nor the file says it. */
async function askStage(context: Context): Promise<Context> {
  const { prompts, target } = context
  if (target.stageIsExplicit || !prompts.interactive) return context
  const stage = await prompts.text({
    message: 'Name of the stage',
    default: target.stage,
    flag: '--stage',
    env: 'WHATSAPP_OTP_STAGE',
    check: (typed) =>
      stagePattern.test(typed) || 'a lower-case letter, then up to 15 lower-case letters, digits or hyphens',
  })
  return { ...context, target: { ...target, stage, stageIsExplicit: true } }
}

/** Opens the stage; asks for the region where neither the variables nor the profile have one. */
async function openInRegion(context: Context): Promise<OpenStage> {
  try {
    return await open(context)
  } catch (error) {
    const { prompts, target } = context
    if (!(error instanceof AppError) || error.code !== 'REGION_MISSING' || !prompts.interactive) throw error
    const region = await prompts.text({
      message: 'AWS region',
      default: 'eu-central-1',
      flag: '--region',
      env: 'AWS_REGION',
      check: (typed) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(typed.trim()) || 'a region looks like eu-central-1',
    })
    return open({ ...context, target: { ...target, region: region.trim() } })
  }
}

/** A message that fails does not undo what was deployed: it is told as a warning. */
async function offerTest(context: Context, stage: OpenStage): Promise<void> {
  const { prompts, output } = context
  output.blank()
  if (!(await prompts.confirm({ message: 'Send a test message now?', default: false }))) return
  const { parsePhone } = await import('../settings/phone.ts')
  const phone = await prompts.text({
    message: 'To which number, with country code?',
    check(typed) {
      try {
        parsePhone(typed)
        return true
      } catch (error) {
        return (error as AppError).why ?? (error as AppError).message
      }
    },
  })
  try {
    await sendTest(context, stage, { to: parsePhone(phone), capMs: 60_000, wait: true })
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error
    output.warn([error.message, error.why, error.next[0]].filter(Boolean).join('. '))
  }
}
