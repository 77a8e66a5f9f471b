// `deploy`: creates or updates a stage without questions.
import { functionNames } from '../names.ts'
import type { CommandSpec } from './frame/command.ts'
import { finishDeploy, prepare } from './frame/finish-deploy.ts'
import { open } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Creates the stage or brings it up to date: only what differs is changed. Asks nothing, so it fits CI; a run that was stopped is finished by running it again.',
  options: [
    ['--dry-run', 'show the plan and change nothing (the same as plan)'],
    ['--function <trigger>', `ship the code of one function only: ${functionNames.join(', ')}`],
    [
      '--adopt',
      'take over resources of our names that this tool did not make, after showing what that changes',
    ],
    [
      '--take-triggers',
      'write the triggers of a pool (--user-pool) that CloudFormation or another tool looks after, which may take them back',
    ],
    ['--no-verify', 'skip the check that the pool really calls its triggers'],
  ],
  choices: { '--function': functionNames },
  settings: true,
  examples: [
    ['whatsapp-otp deploy --stage prod', 'create or update the stage prod'],
    ['whatsapp-otp deploy --otp-expiry-minutes 3', 'change one setting of the stage dev'],
    ['whatsapp-otp deploy --function createAuthChallenge', 'ship the code of one trigger'],
  ],
  async run(context) {
    if (context.flags.dryRun) {
      const { showPlan } = await import('./plan.ts')
      await showPlan(context, 'deploy')
      return
    }
    const started = context.clock.now()
    const stage = await open(context, () => import('../stage/rollout.ts'))
    const prepared = await prepare(context, stage)
    await finishDeploy(context, prepared, { command: 'deploy', started })
  },
}
