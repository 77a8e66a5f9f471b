// What the commands that follow have to be told of the place.
import { expect, it } from 'vitest'
import { placeFlags } from '../../src/settings/place-flags.ts'
import { type Target, targetOf } from '../../src/settings/sources.ts'

const flagsOf = (found: Partial<Target>, env: Record<string, string> = {}, flags = {}) => {
  const sources = { flags, env, processEnv: env, file: {}, trusted: new Set<string>() }
  return placeFlags({ target: { ...targetOf(sources), ...found }, sources })
}

it.each([
  [
    'what was picked',
    flagsOf({ stage: 'shop', profile: 'ana', region: 'eu-west-1' }),
    '--stage shop --profile ana --region eu-west-1',
  ],
  [
    'what was a flag',
    flagsOf({}, {}, { stage: 'shop', region: 'eu-west-1' }),
    '--stage shop --region eu-west-1',
  ],
  ['nothing that variables say', flagsOf({}, { AWS_PROFILE: 'ana', AWS_REGION: 'eu-west-1' }), '--stage dev'],
  ['no profile that is taken anyway', flagsOf({ profile: 'default' }), '--stage dev'],
  [
    'the default profile where variables say another',
    flagsOf({ profile: 'default' }, { AWS_PROFILE: 'ana' }),
    '--stage dev --profile default',
  ],
])('names %s', (_, flags, expected) => {
  expect(flags).toBe(expected)
})
