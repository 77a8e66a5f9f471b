// `doctor`: ordered checks of everything that sign-in needs, each with a remedy.
import { exitCodes } from '../errors.ts'
import { createExamination } from '../insight/examination.ts'
import { count, duration } from '../terminal/layout.ts'
import { findingLines } from '../views/finding-view.ts'
import { accessOf } from './frame/access.ts'
import type { CommandSpec } from './frame/command.ts'

export const command: CommandSpec = {
  description:
    'Checks in order what sign-in needs: Node, credentials, clock, permissions, the SendZen key, sender and template in every language, and, once there is a stage, its resources, triggers, sessions and caps. Each failure comes with a remedy. With SMS_FALLBACK also whether SNS keeps the account in its sandbox. Changes nothing and sends nothing, but with --sms one test SMS without a code, which costs what an SMS costs and needs sns:GetSMSSandboxAccountStatus, sns:ListSMSSandboxPhoneNumbers and sns:Publish beyond what policy prints. Works before the first deploy. Exits 1 when a check fails.',
  options: [['--sms <phone>', 'send one test SMS to this number']],
  settings: true,
  examples: [
    ['whatsapp-otp doctor', 'is everything in order, also before the first deploy?'],
    ['whatsapp-otp doctor --stage prod', 'what is wrong with prod?'],
    ['whatsapp-otp doctor --stage prod --sms +4915112345678', 'do text messages arrive, too?'],
  ],
  async run(context) {
    const { output, clock, signal, sources, target, flags } = context
    const { parsePhone } = await import('../settings/phone.ts')
    const to = flags.sms === undefined ? undefined : parsePhone(String(flags.sms))
    const started = clock.now()
    const exam = createExamination(clock, (finding) => {
      for (const line of findingLines(finding, output)) output.data(line)
    })
    const { examine } = await import('../insight/doctor/sequence.ts')
    const stage = await examine(exam, {
      node: process.versions.node,
      sources,
      target,
      clock,
      signal,
      access: () => accessOf(context),
      opened({ resolved }) {
        for (const secret of Object.values(resolved.secrets)) output.hide(secret)
        for (const warning of resolved.warnings) output.warn(warning)
      },
    })
    const { examineSms } = await import('../insight/doctor/sms.ts')
    if (stage) await examineSms(exam, stage, to)
    else if (to) exam.skip('sms.test', 'test SMS', 'there are no usable AWS credentials')

    const number = (verdict: string) => exam.findings.filter((one) => one.verdict === verdict).length
    const [passed, warned, failed, skipped] = ['pass', 'warn', 'fail', 'skip'].map(number)
    const ms = Math.round(clock.now() - started)
    output.json({
      command: 'doctor',
      stage: target.stage,
      region: stage?.aws.place.region,
      account: stage?.aws.place.account,
      healthy: failed === 0,
      checks: exam.findings,
      ms,
    })
    output.say(
      `\n${count(exam.findings.length, 'check')}: ${passed} passed, ${warned} to look at, ${failed} failed, ${skipped} skipped  ${duration(ms)}`,
    )
    return failed === 0 ? exitCodes.done : exitCodes.failed
  },
}
