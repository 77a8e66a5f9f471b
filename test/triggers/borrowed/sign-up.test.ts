// Sign-ups by our own client in a pool of somebody else's, through the real PreSignUp.
import { expect, it } from 'vitest'
import { borrowedPool, clients, poolId, type Run } from './pool.ts'

const pool = borrowedPool()
const phone = '+12025550123'
const refusal = 'This sign-up was not accepted'
const confirmed = { autoConfirmUser: true, autoVerifyPhone: false, autoVerifyEmail: false }

interface Changes {
  userName?: string
  clientId?: string
  attributes?: Record<string, string>
}

async function signUp(
  run: Run,
  { userName = 'new-name', clientId = clients.signup, attributes }: Changes = {},
) {
  const event = {
    ...{ version: '1', region: 'us-east-1', userPoolId: poolId, userName, triggerSource: 'PreSignUp_SignUp' },
    callerContext: { awsSdkVersion: 'x', clientId },
    request: { userAttributes: attributes ?? { phone_number: phone } },
    response: {},
  }
  return ((await run(event)) as { response: object }).response
}

const refused = (run: Run, changes?: Changes) => expect(signUp(run, changes)).rejects.toThrow(refusal)
const reasons = () =>
  pool.lines
    .map((line) => JSON.parse(line) as Record<string, string>)
    .map(({ event, reason }) => reason ?? event)
const noted = async () =>
  (await pool.items()).flatMap(({ pk }) => (pk?.S?.startsWith('F#') ? [pk.S.slice(2)] : []))

const user = (name: string, attributes: Record<string, string>) =>
  pool.users.set(name, { attributes, isDisabled: false, signOuts: 0 })

it('are accepted, counted, and noted as made by themselves', async () => {
  const run = await pool.load('preSignUp')
  expect(await signUp(run)).toEqual(confirmed)
  expect(await noted()).toEqual(['new-name'])
  expect((await pool.items()).some(({ pk }) => pk?.S?.startsWith('G#'))).toBe(true)
})

it.each<[string, Changes, string]>([
  ['without a number', { attributes: { locale: 'pt' } }, 'no_number'],
  [
    'with an attribute that is not among SIGNUP_ATTRIBUTES',
    { attributes: { phone_number: phone, name: 'A' } },
    'attributes',
  ],
  [
    'with a verified number',
    { attributes: { phone_number: phone, phone_number_verified: 'true' } },
    'attributes',
  ],
  ['with a number of another country', { attributes: { phone_number: '+447700900123' } }, 'country'],
  ['by the client for sign-ins', { clientId: clients.login }, 'client'],
])('are refused %s, in words that name no rule', async (_name, changes, reason) => {
  const run = await pool.load('preSignUp')
  await refused(run, changes)
  expect(reasons()).toEqual([reason])
  expect(await pool.items()).toEqual([])
})

it('with a number that is verified already hear it from Cognito where users sign in by number', async () => {
  const run = await pool.load('preSignUp')
  // There, Cognito names users itself.
  user('11111111-aaaa', { sub: '11111111-aaaa', phone_number: phone, phone_number_verified: 'true' })
  expect(await signUp(run)).toEqual(confirmed)
  expect([await pool.items(), reasons()]).toEqual([[], []])
})

it('with a number that is verified already are refused where Cognito would take it', async () => {
  const run = await pool.load('preSignUp')
  user('ana', { sub: '11111111-aaaa', phone_number: phone, phone_number_verified: 'true' })
  await refused(run)
  expect(reasons()).toEqual(['number'])
  expect(await pool.items()).toEqual([])
})

it('with a number that somebody has only written are like any other', async () => {
  const run = await pool.load('preSignUp')
  user('ana', { sub: '11111111-aaaa', phone_number: phone, phone_number_verified: 'false' })
  expect(await signUp(run)).toEqual(confirmed)
  expect(await noted()).toEqual(['new-name'])
})

it('under the name of an account make it none of ours', async () => {
  const run = await pool.load('preSignUp')
  user('ana', { sub: '11111111-aaaa', phone_number: '+12025550199' })
  // Cognito refuses it by itself.
  expect(await signUp(run, { userName: 'ana' })).toEqual(confirmed)
  expect(await pool.items()).toEqual([])
})

it('are refused where nobody can say whether the name is taken', async () => {
  const run = await pool.load('preSignUp')
  pool.cognitoIsDown = true
  await refused(run)
  expect(await pool.items()).toEqual([])
})

it('are refused while the stage is paused or its table is down, and others’ are not', async () => {
  const paused = await pool.load('preSignUp')
  pool.isPaused = true
  await refused(await pool.load('preSignUp'))
  pool.isPaused = false
  pool.tableIsDown()
  await refused(paused)
  expect(await paused({ callerContext: { clientId: clients.theirs } })).toEqual({ theirs: true })
})
