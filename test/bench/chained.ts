// Part chained: what it costs an app of the team's that its trigger is called through ours, in a borrowed pool.
import { InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider'
import { startOpenSandbox } from '../../src/sandbox/server.ts'
import type { Part } from './part.ts'
import { openWorkspace } from './program.ts'
import { interleave, quantile, spreadOf, timed } from './samples.ts'
import { openTeam } from './team.ts'

/** Ends each sign-in at once, so that one trigger is called for it and nothing else is. */
const theirDefine = `export const handler = async (event) => ({ ...event,
  response: { issueTokens: false, failAuthentication: true } })`

export const chained: Part = async ({ samples }) => {
  const [sandbox, workspace] = await Promise.all([startOpenSandbox(), openWorkspace()])
  const theirs = await openTeam(sandbox, theirDefine)
  const begin = async (ClientId: string) => {
    const request = { ClientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters: { USERNAME: 'nobody' } } as const
    const refusal = await theirs.cognito.send(new InitiateAuthCommand(request)).catch((error: Error) => error)
    if (!(refusal instanceof Error)) throw new Error('a sign-in was not ended')
    if (refusal.name !== 'NotAuthorizedException') throw refusal
  }
  try {
    const direct = await theirs.makePool('direct')
    const borrowed = await theirs.makePool('borrowed')
    const env = { ...sandbox.env(), USER_POOL_ID: borrowed.poolId }
    await workspace.tool('deploy --stage bench --json', env)
    const sides = {
      direct: () => timed(() => begin(direct.clientId)),
      chained: () => timed(() => begin(borrowed.clientId)),
    }
    await interleave(20, sides)
    const taken = await interleave(samples(300), sides)
    const row = (what: string, of: (values: readonly number[]) => number) => ({
      ...{ part: 'chained', what, unit: 'ms', value: of(taken.chained) },
      floor: { what: 'called directly', value: of(taken.direct) },
    })
    return [
      {
        ...{ part: 'chained', what: 'a trigger of others, called through ours', unit: 'ms' },
        value: spreadOf(taken.chained),
        floor: { what: 'called directly', value: spreadOf(taken.direct) },
      },
      row('the same, p99', (values) => quantile(values, 0.99)),
    ]
  } finally {
    theirs.close()
    await sandbox.close()
    await workspace.remove()
  }
}
