// `policy`: prints the least IAM policy with which a person or CI can look after this stage.
import type { CommandSpec } from './command.ts'
import { openAccount } from './open.ts'

export const command: CommandSpec = {
  description:
    'Prints the least IAM policy for deploy, destroy, status, logs, stages and test-send of this stage, with exact ARNs, as JSON. Attach it to the role of your CI or to a person. Needs credentials only to know account and region.',
  examples: [
    ['whatsapp-otp policy --stage prod > policy.json', 'for aws iam create-policy --policy-document'],
    ['whatsapp-otp policy --stage dev --region eu-central-1', 'of another region'],
    ['whatsapp-otp policy --stage prod --json', 'inside one document, as every command prints it'],
  ],
  async run(context) {
    const { output } = context
    const { place } = await openAccount(context)
    const { deployPolicy, policyLimit } = await import('../stage/policy.ts')
    const policy = deployPolicy(place)
    output.data(JSON.stringify(policy, null, 2))
    output.json({
      command: 'policy',
      stage: place.stage,
      region: place.region,
      account: place.account,
      policy,
    })
    const length = JSON.stringify(policy).length
    output.say(`${length} of the ${policyLimit} characters that IAM takes in a managed policy`)
  },
}
