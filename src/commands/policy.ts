// `policy`: prints the least IAM policy with which a person or CI can look after this stage.
import { usageError } from '../errors.ts'
import type { CommandSpec } from './command.ts'
import { openAccount } from './open.ts'

export const command: CommandSpec = {
  description:
    'Prints the least IAM policy for deploy, destroy, status, logs, stages and test-send of this stage, with exact ARNs, as JSON. Attach it to the role of your CI or to a person. Needs credentials only to know account and region. Taking over a user pool that this tool did not make takes one more policy, for that pool alone: --adopt prints it.',
  options: [
    ['--adopt <pool>', 'print instead what taking over that user pool needs besides, for one deploy'],
  ],
  examples: [
    ['whatsapp-otp policy --stage prod > policy.json', 'for aws iam create-policy --policy-document'],
    ['whatsapp-otp policy --stage dev --region eu-central-1', 'of another region'],
    ['whatsapp-otp policy --stage prod --json', 'inside one document, as every command prints it'],
  ],
  async run(context) {
    const { flags, output } = context
    const poolId = flags.adopt === undefined ? undefined : poolIdOf(String(flags.adopt))
    const { place } = await openAccount(context)
    const { adoptionPolicy, deployPolicy, policyLimit, printable, sizeOf } = await import(
      '../stage/policy.ts'
    )
    const policy = printable(poolId ? adoptionPolicy(place, poolId) : deployPolicy(place))
    output.data(JSON.stringify(policy, null, 2))
    output.json({
      command: 'policy',
      stage: place.stage,
      region: place.region,
      account: place.account,
      policy,
    })
    output.say(`${sizeOf(policy)} of the ${policyLimit} characters that IAM takes in a managed policy`)
  },
}

/** Throws POOL_ID_INVALID: a pattern would reach other pools too. */
function poolIdOf(text: string): string {
  if (/^[\w-]+_[0-9a-zA-Z]+$/.test(text)) return text
  throw usageError('POOL_ID_INVALID', `«${text}» is not the id of a user pool`, {
    why: 'an id is the region and some letters, as in eu-central-1_aBcD1234',
    next: ['aws cognito-idp list-user-pools --max-results 60   lists them'],
  })
}
