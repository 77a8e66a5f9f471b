// `init` onto a pool that exists: the list of them, back and forth, kept answers, and a stage that has one.
import { CreateUserPoolCommand, SetUserPoolMfaConfigCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clients, createClients } from '../../src/aws/clients.ts'
import { type Answer, bare, type RunOptions, Terminal } from './terminal.ts'

let terminal: Terminal
let aws: Clients
let poolId = ''

beforeEach(async () => {
  terminal = await Terminal.start()
  aws = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  poolId = await makePool('customers')
})
afterEach(() => terminal.close())

async function makePool(PoolName: string, more: object = {}): Promise<string> {
  const made = await aws.cognito.send(
    new CreateUserPoolCommand({ PoolName, UsernameAttributes: ['email'], ...more }),
  )
  return made.UserPool?.Id ?? ''
}

const [down, escape_, ctrlC] = ['\u001b[B', '\u001b', '\u0003']
const key = () => `${terminal.sandbox.env().SENDZEN_API_KEY}\r`
const withoutSms = { ...bare, SMS_ORIGINATION_NUMBER: undefined, WHATSAPP_OTP_STAGE: 'shop' }
const init = (answers: Answer[], options: RunOptions = {}) =>
  terminal.run('init', {
    columns: 100,
    ...options,
    env: { ...withoutSms, ...options.env },
    answers,
  })

const rest: Answer[] = [
  ['SendZen API key', () => key()],
  ['Which number sends', '\r'],
  ['Countries whose numbers', 'United States\r'],
  ['recommended limits?', '\r'],
  ['Which template', '\r'],
  ['In which languages', '\r'],
  ['without a language of their own', '\r'],
  ['becomes of each message', '\r'],
  ['Address that alarms', '\r'],
]

describe('init where pools exist', () => {
  it('plans on the one that is picked, and goes back from each question', async () => {
    const mfa = await makePool('staff')
    await aws.cognito.send(
      new SetUserPoolMfaConfigCommand({
        UserPoolId: mfa,
        MfaConfiguration: 'ON',
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    )
    const { code, stderr, writes } = await init([
      ['Which user pool?', down, '\r'],
      ['called by their email', ''],
      ['does not call verified?', escape_],
      ['Which user pool?', '\r'],
      ['does not call verified?', 'y\r'],
      ['can take it', ''],
      ['Take such numbers all the same?', 'n\r'],
      ['does not call verified?', 'n\r'],
      ...rest,
      ['user pool triggers', ''],
      ['Do this?', 'n\r'],
    ])
    expect([code, writes]).toEqual([3, []])
    expect(stderr).toContain('customers  0 users, called by email')
    expect(stderr).toContain('staff (requires MFA)')
  })

  it('does not ask a stage that has one', async () => {
    const deployed = await terminal.run(`deploy --no-verify --stage shop --user-pool ${poolId}`)
    expect(deployed.code).toBe(0)
    const { stderr } = await init([['Which settings are to change?', ctrlC]])
    expect(stderr).not.toContain('Which user pool?')
  })

  it('keeps what was picked for the next time', async () => {
    const left = await init([
      ['Which user pool?', down, '\r'],
      ['does not call verified?', 'n\r'],
      ['SendZen API key', ctrlC],
    ])
    expect([left.code, left.writes]).toEqual([130, []])
    const { stderr } = await init([
      ['Your answers of', ''],
      ['Which user pool?', '\r'],
      ['does not call verified?', '\r'],
      ['SendZen API key', ctrlC],
    ])
    expect(stderr).toContain(`customers (${poolId})`)
  })
})
