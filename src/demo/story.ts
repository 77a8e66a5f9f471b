// The story that `demo` tells: every step of a stage's life, played for real and checked as it goes.
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { createClients } from '../aws/clients.ts'
import { answerChallenge, type Round, signUp, startSignIn } from '../aws/sign-in.ts'
import { AppError } from '../errors.ts'
import { names } from '../names.ts'
import { listClients } from '../resources/user-pool/other-clients.ts'
import { poolsNamed } from '../resources/user-pool/search.ts'
import type { Sandbox } from '../sandbox/server.ts'
import type { Theme } from '../terminal/theme.ts'
import { stepLines } from './conversation.ts'
import { digestOf, statusDigest } from './digest.ts'

export interface Teller {
  sandbox: Sandbox
  heading(text: string): void
  say(text: string): void
  /** Runs a command line of this tool and gives its document; throws when it fails. */
  run(line: string): Promise<unknown>
  theme: Theme
}

/** A chapter that was told, and what was seen. */
export interface Chapter {
  title: string
  seen: string
}

const stage = 'demo'
const phone = '+15550100001'

/** Plays the story; throws DEMO_FAILED at the first thing that is not as it should be. */
export async function tellStory(teller: Teller): Promise<Chapter[]> {
  const { sandbox, say, theme } = teller
  const talk = { phone, sender: sandbox.env().WHATSAPP_FROM ?? '', theme }
  // What a deploy tries for itself goes by another name.
  const unlisten = sandbox.flows.listen((event) => {
    if (event.type === 'step' && event.flow.name === phone)
      for (const line of stepLines(event.step, talk)) say(line)
  })
  try {
    return await play(teller)
  } finally {
    unlisten()
  }
}

async function play({ sandbox, heading, say, run }: Teller): Promise<Chapter[]> {
  const chapters: Chapter[] = []
  const { cognito } = createClients({ env: sandbox.env(), region: sandbox.region })
  const chapter = async (title: string, tell: () => Promise<string>) => {
    heading(`${chapters.length + 1}. ${title}`)
    const seen = await tell()
    say(seen)
    chapters.push({ title, seen })
  }
  const lastCode = () => {
    const message = sandbox.inbox.list(phone).at(-1)
    if (!message) throw failed('no message arrived')
    return message.code
  }

  await chapter('Plan and deploy a stage', async () => {
    for (const line of digestOf(await run(`plan --stage ${stage}`))) say(line)
    await run(`deploy --stage ${stage}`)
    return `The sandbox now holds ${sandbox.inventory().length} resources.`
  })
  const ids = await readIds(cognito)

  await chapter('Deploy again: nothing to change', async () => {
    const before = writes(sandbox)
    await run(`deploy --stage ${stage}`)
    expect(writes(sandbox) === before, 'the second deploy changed something')
    return 'Not one call changed anything.'
  })

  let round: Round
  await chapter('Sign up a user', async () => {
    expect(await signUp(cognito, ids.signup, phone), 'the user existed already')
    round = await startSignIn(cognito, ids.signup, phone)
    const { status, codeLength, expiresIn } = challenge(round).parameters
    expect(status === 'sent', `the challenge says ${status}`)
    return `A code of ${codeLength} digits came, good for ${expiresIn} s.`
  })

  await chapter('Answer with a wrong code', async () => {
    const wrong = String((Number(lastCode()) + 1) % 1_000_000).padStart(6, '0')
    round = await answerChallenge(cognito, ids.signup, challenge(round), wrong)
    const { status, attemptsLeft } = challenge(round).parameters
    expect(status === 'wrong', `the challenge says ${status}`)
    expect(sandbox.inbox.list(phone).length === 1, 'a wrong answer sent a message')
    return `Refused; ${attemptsLeft} tries left for the code that came.`
  })

  await chapter('Answer with the right code', async () => {
    round = await answerChallenge(cognito, ids.signup, challenge(round), lastCode())
    return verified(sandbox, ids, round)
  })

  await chapter('Sign in on the login client', async () => {
    sandbox.clock.advance(61_000)
    round = await startSignIn(cognito, ids.login, phone)
    round = await answerChallenge(cognito, ids.login, challenge(round), lastCode())
    return `A minute later on the sandbox's clock. ${await verified(sandbox, ids, round)}`
  })

  await chapter('Change a setting', async () => {
    for (const line of digestOf(await run(`plan --stage ${stage} --otp-expiry-minutes 3`))) say(line)
    await run(`deploy --stage ${stage} --otp-expiry-minutes 3`)
    sandbox.clock.advance(61_000)
    round = await startSignIn(cognito, ids.login, phone)
    const { expiresIn } = challenge(round).parameters
    expect(expiresIn === '180', `a code lives ${expiresIn} s`)
    return `The next code lives ${expiresIn} s instead of 300.`
  })

  await chapter('Look at the stage', async () => {
    say(statusDigest(await run(`status --stage ${stage}`)))
    return 'Everything is as the settings want it.'
  })

  await chapter('Remove it', async () => {
    await run(`destroy --stage ${stage} --yes`)
    const left = sandbox.inventory()
    expect(left.length === 0, `still there: ${left.map((one) => `${one.kind} ${one.name}`).join(', ')}`)
    return 'The sandbox is empty: not a role, not a log group, not a parameter is left.'
  })
  return chapters
}

/** Both app clients by their names, as any app could find them. */
async function readIds(cognito: CognitoIdentityProviderClient) {
  const poolId = (await poolsNamed({ cognito }, (name) => name === names.pool(stage)))[0]?.id
  if (!poolId) throw failed('the pool is not there')
  const clients = await listClients({ cognito }, poolId)
  const client = (kind: 'signup' | 'login') => {
    const clientId = clients.find(({ name }) => name === names.client(stage, kind))?.id
    if (!clientId) throw failed(`the ${kind} client is not there`)
    return { clientId }
  }
  return { poolId, signup: client('signup'), login: client('login') }
}

/** Checks the tokens against the pool's published keys, as a backend would. */
async function verified(sandbox: Sandbox, ids: { poolId: string }, round: Round): Promise<string> {
  if (round.kind !== 'tokens') throw failed(`no tokens: ${round.parameters.status}`)
  const keys = createRemoteJWKSet(new URL(`${sandbox.endpoint}/${ids.poolId}/.well-known/jwks.json`))
  const { payload } = await jwtVerify(round.tokens.IdToken ?? '', keys, {
    issuer: `https://cognito-idp.${sandbox.region}.amazonaws.com/${ids.poolId}`,
    currentDate: new Date(sandbox.clock.now()),
  })
  expect(payload.phone_number_verified === true, 'the number is not marked as verified')
  expect(payload['custom:whatsapp_verified'] === 'true', 'custom:whatsapp_verified is not set')
  return 'Tokens issued; they verify against the JWKS of the pool, and the number counts as verified.'
}

function challenge(round: Round | undefined): Extract<Round, { kind: 'challenge' }> {
  if (round?.kind !== 'challenge') throw failed('there is no open challenge')
  return round
}

/** Calls that change something: everything but reads, and the sign-in check that ends a deploy. */
function writes(sandbox: Sandbox): number {
  const reading = /^(Get|Describe|List|Filter|InitiateAuth$)/
  return sandbox.calls.filter((call) => !call.caller.roleName && !reading.test(call.operation)).length
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw failed(otherwise)
}

function failed(why: string): AppError {
  return new AppError('DEMO_FAILED', 'The demo did not go as it should', {
    why,
    next: ['whatsapp-otp demo --debug', 'please report it with what --debug prints'],
  })
}
