// A deployed stage on a sandbox, with users, and sign-ins as an app makes them.
import { setTimeout as pause } from 'node:timers/promises'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { answerChallenge, type Round, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { type OpenSandbox, startOpenSandbox } from '../../src/sandbox/server.ts'
import { keysOf } from '../sandbox/lambda/signed.ts'
import { openWorkspace, type Workspace } from './program.ts'

export interface BenchStage {
  sandbox: OpenSandbox
  workspace: Workspace
  poolId: string
  /** The ids of the two app clients. */
  clients: { signup: string; login: string }
  /** Creates a user and signs in once, which verifies the number. */
  enrol(phone: string): Promise<void>
  /** Asks for a code on the login client; gives what is needed to answer. */
  begin(phone: string): ReturnType<typeof startSignIn>
  /** Answers with the newest code of the number. */
  answer(round: Extract<Round, { kind: 'challenge' }>, phone: string): Promise<Round>
  /** A whole sign-in; throws when no token comes. */
  signIn(phone: string): Promise<void>
  close(): Promise<void>
}

/** Numbers of different blocks of 10,000: a block has a cap of its own. */
export const phoneOf = (index: number) => `+1${415 + Math.floor(index / 700)}${200 + (index % 700)}0100`

export async function openStage(settings: Record<string, string> = {}): Promise<BenchStage> {
  const [sandbox, workspace] = await Promise.all([startOpenSandbox(), openWorkspace()])
  const most = '1000000'
  const caps = {
    ...{ POOL_SENDS_PER_HOUR: most, POOL_SENDS_PER_DAY: most },
    ...{ POOL_SIGNUPS_PER_HOUR: most, POOL_SIGNUPS_PER_DAY: most },
    ...settings,
  }
  const { stdout } = await workspace.tool('deploy --stage bench --json', { ...sandbox.env(), ...caps })
  const { outputs } = JSON.parse(stdout) as {
    outputs: { userPoolId: string; signupClientId: string; loginClientId: string }
  }
  const { endpoint, region } = sandbox
  const credentials = keysOf(sandbox)
  const cognito = new CognitoIdentityProviderClient({ endpoint, region, credentials })
  const [signup, login] = [{ clientId: outputs.signupClientId }, { clientId: outputs.loginClientId }]

  const newest = (phone: string) => sandbox.inbox.list(phone).at(-1)
  const finish = async (client: typeof login, phone: string) => {
    const before = newest(phone)?.id
    const round = await startSignIn(cognito, client, phone)
    // On a busy machine the challenge is answered in time, and its message follows.
    for (let tries = 0; newest(phone)?.id === before && tries < 500; tries++) await pause(10)
    const { id, code = '' } = newest(phone) ?? {}
    if (round.kind !== 'challenge' || id === before) throw new Error('no message arrived')
    const last = await answerChallenge(cognito, client, round, code)
    if (last.kind !== 'tokens') throw new Error(`no tokens: ${last.parameters.status}`)
  }
  return {
    sandbox,
    workspace,
    poolId: outputs.userPoolId,
    clients: { signup: signup.clientId, login: login.clientId },
    enrol: async (phone) => {
      await signUp(cognito, signup, phone)
      await finish(signup, phone)
    },
    begin: (phone) => startSignIn(cognito, login, phone),
    answer: (round, phone) => answerChallenge(cognito, login, round, newest(phone)?.code ?? ''),
    signIn: (phone) => finish(login, phone),
    close: async () => {
      cognito.destroy()
      await sandbox.close()
      await workspace.remove()
    },
  }
}
