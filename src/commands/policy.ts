// `policy`: prints the least IAM policy with which a person or CI can look after this stage.
import { usageError } from '../errors.ts'
import type { CommandSpec } from './frame/command.ts'
import { openAccount } from './frame/open.ts'

export const command: CommandSpec = {
  description:
    'Prints the least IAM policy for deploy, destroy, status, logs, stages and test-send of this stage as JSON. Attach it to the role of your CI or to a person. With PERMISSIONS_BOUNDARY it makes and changes only roles that have that boundary, which --boundary prints. Taking over a user pool that this tool did not make takes one more policy, which --adopt prints.',
  options: [
    [
      '--boundary',
      'print instead the most that the functions of this stage may do, for PERMISSIONS_BOUNDARY',
    ],
    ['--adopt <pool>', 'print instead what taking over that user pool needs besides, for one deploy'],
  ],
  settings: true,
  examples: [
    ['whatsapp-otp policy --stage prod > policy.json', 'for aws iam create-policy --policy-document'],
    ['whatsapp-otp policy --stage prod --boundary > boundary.json', 'the limit of its roles, likewise'],
    ['whatsapp-otp policy --stage prod --json', 'inside one document, as every command prints it'],
  ],
  async run(context) {
    const { flags, output, sources, target } = context
    const poolId = flags.adopt === undefined ? undefined : poolIdOf(String(flags.adopt))
    const aws = await openAccount(context)
    const { place } = aws
    const [{ choosePolicy }, { policyLimit, sizeOf }, { settingsInForce }] = await Promise.all([
      import('../stage/policy/policies.ts'),
      import('../stage/policy/printable.ts'),
      import('../stage/stage.ts'),
    ])
    const { settings, unread } = await settingsInForce(aws, sources, target)
    if (unread) output.warn(`Only what is set here counts, since the stage was not read: ${unread}`)
    const { knownPool } = await import('../stage/policy/known-pool.ts')
    const pool = await knownPool(aws, settings, output.warn)
    const wish = { poolId, ofRoles: !!flags.boundary, pool }
    const { policy, boundary, notes } = choosePolicy(place, settings, wish)
    output.data(JSON.stringify(policy, null, 2))
    output.json({
      command: 'policy',
      stage: place.stage,
      region: place.region,
      account: place.account,
      permissionsBoundary: boundary,
      policy,
    })
    output.say(`${sizeOf(policy)} of the ${policyLimit} characters that IAM takes in a managed policy`)
    for (const note of notes) output.say(note)
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
