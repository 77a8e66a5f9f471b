// An app of a developer: it knows what `dev` prints, and signs numbers in with the codes of the inbox.
import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider'
import { createClients } from '../../src/aws/clients.ts'
import { answerChallenge, refreshTokens, signUp, startSignIn } from '../../src/aws/sign-in.ts'
import { eventually } from '../eventually.ts'

type Variables = Record<string, string>

const appOf = (env: Variables) => ({
  cognito: createClients({ env, region: env.AWS_REGION! }).cognito,
  client: { clientId: env.WHATSAPP_OTP_SIGNUP_CLIENT_ID! },
})

/** Asks for a code for the number, which is signed up where it is new. */
async function begin(env: Variables, phone: string) {
  const { cognito, client } = appOf(env)
  await signUp(cognito, client, phone)
  const round = await startSignIn(cognito, client, phone)
  if (round.kind !== 'challenge') throw new Error('signed in without a code')
  const code = await eventually(async () => {
    const answer = await fetch(`${env.WHATSAPP_OTP_INBOX_URL}?to=${encodeURIComponent(phone)}`)
    const { messages } = (await answer.json()) as { messages: { code: string }[] }
    if (messages.length === 0) throw new Error('no message yet')
    return messages.at(-1)!.code
  })
  return { round, code }
}

export const codeFor = async (env: Variables, phone: string) => (await begin(env, phone)).code

/** Signs the number in, and up where it is new. */
export async function signIn(env: Variables, phone: string): Promise<AuthenticationResultType> {
  const { cognito, client } = appOf(env)
  const { round, code } = await begin(env, phone)
  const ended = await answerChallenge(cognito, client, round, code)
  if (ended.kind !== 'tokens') throw new Error('the code was not taken')
  return ended.tokens
}

/** New tokens for one who has signed in before. */
export function refresh(env: Variables, { RefreshToken = '' }: AuthenticationResultType) {
  const { cognito, client } = appOf(env)
  return refreshTokens(cognito, client, '', RefreshToken)
}

/** The public keys of the stage's pool. */
export async function keysOf(env: Variables): Promise<{ kid: string; n: string }[]> {
  const address = `${env.AWS_ENDPOINT_URL}/${env.WHATSAPP_OTP_USER_POOL_ID}/.well-known/jwks.json`
  return ((await (await fetch(address)).json()) as { keys: { kid: string; n: string }[] }).keys
}
