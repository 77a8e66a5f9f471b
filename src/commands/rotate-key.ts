// `rotate-key`: puts a new SendZen key in the place of the stage's old one, without a deploy.
import { text } from 'node:stream/consumers'
import { AppError, usageError } from '../errors.ts'
import { isOutage } from '../messaging/provider.ts'
import type { OpenStage } from '../stage/stage.ts'
import type { CommandSpec, Context } from './command.ts'
import { open } from './open.ts'

export const command: CommandSpec = {
  description:
    'Replaces the SendZen API key of a stage. The new key comes from standard input (--stdin), from SENDZEN_API_KEY in the environment or .env, or from a hidden question; it is never a flag. It is checked against the SendZen account first: sender and template must be usable with it. The functions pick it up within 10 minutes.',
  options: [
    ['--stdin', 'read the key from standard input'],
    ['--master', 'instead, make a new master key, which codes are made with; nobody has to know it'],
  ],
  examples: [
    ['whatsapp-otp rotate-key --stage prod', 'type or paste the new key, unseen'],
    ['pass show sendzen | whatsapp-otp rotate-key --stage prod --stdin', 'from a password store'],
    ['SENDZEN_API_KEY=… whatsapp-otp rotate-key --stage prod', 'in CI'],
  ],
  async run(context) {
    const { output, tasks, flags, sources } = context
    const piped = flags.stdin ? (await text(context.io.stdin)).trim() : undefined
    const stage = await open(context)
    const [{ requireRecord }, { readSecrets, secrets }, { toAppError }] = await Promise.all([
      import('../stage/stage.ts'),
      import('../resources/secrets.ts'),
      import('../aws/errors.ts'),
    ])
    const record = requireRecord(stage)
    if (flags.master) return rotateMaster(context, stage, record.stage)
    const old = (await readSecrets(stage.aws).catch((error) => fail(toAppError(error, 'read the secrets'))))
      ?.sendzenApiKey
    const key = await newKey(context, piped, old)
    output.hide(key)
    const result = { command: 'rotate-key', stage: record.stage }
    if (key === old) {
      output.say('The stage has this key already; nothing was changed.')
      return output.json({ ...result, changed: false })
    }
    const warnings = await tasks.run('Check the key with SendZen', () => check(context, stage, key))
    for (const warning of warnings) output.warn(warning)
    await tasks
      .run('Replace the key', async () => {
        const resource = secrets(stage.aws.place)
        const have = await resource.read(stage.aws, {})
        if (!have?.document || !resource.isOurs(have)) throw unreadable(record.stage)
        await resource.update(stage.aws, { sendzenApiKey: key }, have)
      })
      .catch((error) => fail(toAppError(error, 'replace the key')))
    output.say('The functions pick the new key up within 10 minutes; until then the old one must stay valid.')
    const left = sources.env.SENDZEN_API_KEY
    if (left && left !== key) {
      output.warn('SENDZEN_API_KEY still has another key, and the next deploy would put that one back')
    }
    return output.json({ ...result, changed: true })
  },
}

/** Codes that are on their way keep working: the old master key is kept beside the new one. */
async function rotateMaster({ output, tasks }: Context, stage: OpenStage, name: string): Promise<void> {
  const [{ renewMasterKey }, { toAppError }] = await Promise.all([
    import('../resources/secrets.ts'),
    import('../aws/errors.ts'),
  ])
  const isDone = await tasks
    .run('Replace the master key', () => renewMasterKey(stage.aws))
    .catch((error) => fail(toAppError(error, 'replace the master key')))
  if (!isDone) throw unreadable(name)
  output.say('New codes are made with it within 10 minutes; those on their way keep working.')
  output.json({ command: 'rotate-key', stage: name, changed: true })
}

/** From standard input, the environment, or a question, in this order. Its form is checked, it is not shown. */
async function newKey(
  { prompts, sources }: Context,
  piped: string | undefined,
  old: string | undefined,
): Promise<string> {
  const { schema } = await import('../settings/schema.ts')
  const { env } = schema.sendzenApiKey
  const check = (typed: string) => {
    const result = schema.sendzenApiKey.check.safeParse(typed)
    return result.success || (result.error.issues[0]?.message ?? 'is not valid')
  }
  const given = piped ?? sources.env[env]
  if (given !== undefined && (piped !== undefined || given !== old || !prompts.interactive)) {
    const verdict = check(given)
    if (verdict === true) return given.trim()
    throw usageError('SETTING_INVALID', `${env} ${verdict}`, {
      why: `the value comes from: ${piped === undefined ? 'the environment' : 'standard input'}`,
      next: ['whatsapp-otp rotate-key   asks for it'],
    })
  }
  const typed = await prompts.hidden({ message: 'The new SendZen API key', env, flag: '--stdin', check })
  return typed.trim()
}

/** Throws what is wrong with the key; an outage is wrong too, since an unchecked key could stop every sign-in. */
async function check({ clock, signal }: Context, { resolved }: OpenStage, key: string): Promise<string[]> {
  const [{ connectAccount }, { checkAccount }, { completeSettings }] = await Promise.all([
    import('../stage/providers.ts'),
    import('../messaging/check.ts'),
    import('../settings/load.ts'),
  ])
  const settings = completeSettings(resolved, { keyIsStored: true })
  const api = connectAccount(settings, { key, clock, signal })
  try {
    return (await checkAccount(api, settings)).warnings
  } catch (error) {
    if (!isOutage(error)) throw error
    throw new AppError(error.code, 'The new key was not put in place', {
      why: `SendZen cannot be asked whether it is good (${error.why})`,
      next: ['run the same command again in a few minutes'],
    })
  }
}

function unreadable(stage: string): AppError {
  return new AppError('SECRETS_UNREADABLE', 'The key was not replaced', {
    why: `the secrets of stage ${stage} are missing, cannot be read, or belong to somebody else`,
    next: [`whatsapp-otp status --stage ${stage}`],
  })
}

function fail(error: unknown): never {
  throw error
}
