// `rotate-key`: puts a new SendZen key in the place of the stage's old one, without a deploy.
import { text } from 'node:stream/consumers'
import { requireRecord } from '../stage/recorded.ts'
import type { CommandSpec } from './frame/command.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Replaces the SendZen API key of a stage. The new key comes from standard input (--stdin), from SENDZEN_API_KEY in the environment or .env, or from a hidden question; it is never a flag. It is checked against the SendZen account first: sender and template must be usable with it. The functions pick it up within a minute. With --webhook it makes a new secret for delivery reports instead and shows it once, on a terminal only, with the steps in SendZen’s dashboard; reports with the old one are taken for a day.',
  options: [
    ['--stdin', 'read the key from standard input'],
    ['--master', 'instead, make a new master key, which codes are made with; nobody has to know it'],
    ['--webhook', 'instead, make a new secret for delivery reports, and show it once'],
  ],
  examples: [
    ['whatsapp-otp rotate-key --stage prod', 'type or paste the new key, unseen'],
    ['pass show sendzen | whatsapp-otp rotate-key --stage prod --stdin', 'from a password store'],
    ['SENDZEN_API_KEY=… whatsapp-otp rotate-key --stage prod', 'in CI'],
  ],
  async run(context) {
    const { output, tasks, flags, sources, prompts } = context
    if (flags.webhook) {
      const { rotateWebhook } = await import('./frame/rotate-webhook.ts')
      return rotateWebhook(context)
    }
    const piped = flags.stdin ? (await text(context.io.stdin)).trim() : undefined
    const stage = await open(context)
    const [{ rotateMasterKey, rotateProviderKey, keyInPlace }, { providerOf }] = await Promise.all([
      import('../stage/rotate.ts'),
      import('../core/messaging/providers.ts'),
    ])
    const result = { command: 'rotate-key', stage: requireRecord(stage).stage }
    const progress = { ...tasks, warn: output.warn }
    if (flags.master) {
      await rotateMasterKey(stage, progress)
      output.say('New codes are made with it within 10 minutes; those on their way keep working.')
      return output.json({ ...result, changed: true })
    }
    const provider = providerOf(stage.resolved.settings)
    const old = await keyInPlace(stage)
    const { newKey } = await import('../wizard/new-key.ts')
    const { env } = sources
    const key = await newKey({ provider, piped, env, old, prompts })
    output.hide(key)
    if (key === old) {
      output.say('The stage has this key already; nothing was changed.')
      return output.json({ ...result, changed: false })
    }
    await rotateProviderKey(stage, key, progress)
    output.say('The functions pick the new key up within a minute; until then the old one must stay valid.')
    const { variable } = provider.key
    if (env[variable] && env[variable] !== key) {
      output.warn(`${variable} still has another key, and the next deploy would put that one back`)
    }
    return output.json({ ...result, changed: true })
  },
}
