// Users of a stage as the triggers leave them, without a sign-in: accounts, ledgers and the numbers that are proven.
import {
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminUpdateUserAttributesCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { createClients } from '../../src/aws/clients.ts'
import { emptyLedger, type Ledger } from '../../src/core/ledger/ledger.ts'
import { type MasterKeyDocument, openMasterKey } from '../../src/core/master-key.ts'
import { getProvenInput, provenItem, provenNumberOf } from '../../src/core/proven-number.ts'
import { numberPkOf, userHashOf } from '../../src/core/subject.ts'
import { getLedgerInput, ledgerItemOf, putLedgerInput } from '../../src/core/table-ledger.ts'
import { names } from '../../src/names.ts'
import { documentOf, type Terminal } from './terminal.ts'

const table = names.table('dev')

export class People {
  readonly clients
  readonly terminal: Terminal
  private readonly pool: string
  private readonly clientId: string

  private constructor(terminal: Terminal, pool: string, clientId: string) {
    this.terminal = terminal
    this.pool = pool
    this.clientId = clientId
    this.clients = createClients({ env: terminal.sandbox.env(), region: terminal.sandbox.region })
  }

  static async of(terminal: Terminal): Promise<People> {
    const { outputs } = documentOf(await terminal.run('outputs --json')) as {
      outputs: { userPoolId: string; signupClientId: string }
    }
    return new People(terminal, outputs.userPoolId, outputs.signupClientId)
  }

  /** The document with the master key, as it is stored. */
  async secrets(): Promise<MasterKeyDocument> {
    const input = { Name: names.masterKey('dev'), WithDecryption: true }
    const { Parameter } = await this.clients.ssm.send(new GetParameterCommand(input))
    return JSON.parse(Parameter?.Value ?? '{}')
  }

  /** Notes what a deploy finds out: whether a stranger keeps a stand-in name. */
  async standIn(standIn: 'stable' | 'changing'): Promise<void> {
    const Value = JSON.stringify({ stage: 'dev', standIn })
    const input = { Name: names.findings('dev'), Type: 'String', Value, Overwrite: true } as const
    await this.clients.ssm.send(new PutParameterCommand(input))
  }

  async keys() {
    return openMasterKey(await this.secrets())
  }

  /** Somebody who has signed up and proven nothing. Gives Cognito's name. */
  async signUp(phone: string): Promise<string> {
    const Password = 'A-password-that-is-good-enough-4-it'
    const UserAttributes = [{ Name: 'phone_number', Value: phone }]
    await this.clients.cognito.send(
      new SignUpCommand({ ClientId: this.clientId, Username: phone, Password, UserAttributes }),
    )
    return (await this.account(phone)).username
  }

  /** Somebody who has proven this number. */
  async prove(phone: string, ledger: Partial<Ledger> = {}): Promise<string> {
    await this.signUp(phone)
    return this.provesNow(phone, ledger)
  }

  /** Whoever holds this number proves it. */
  async provesNow(phone: string, ledger: Partial<Ledger> = {}): Promise<string> {
    const { username } = await this.account(phone)
    const marks = { phone_number_verified: 'true', 'custom:whatsapp_verified': 'true' }
    await this.write(username, marks)
    const { idKey, numberKey } = await this.keys()
    const owner = userHashOf(idKey, this.pool, username)
    await this.putLedger(phone, { owner, lastSuccess: this.terminal.clock.now(), ...ledger })
    const item = provenItem(table, this.pool, owner, numberKey, phone)
    await this.clients.dynamodb.send(new PutItemCommand(item))
    return username
  }

  async write(username: string, attributes: Record<string, string>): Promise<void> {
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
    await this.clients.cognito.send(
      new AdminUpdateUserAttributesCommand({ UserPoolId: this.pool, Username: username, UserAttributes }),
    )
  }

  async disable(username: string): Promise<void> {
    const input = { UserPoolId: this.pool, Username: username }
    await this.clients.cognito.send(new AdminDisableUserCommand(input))
  }

  async account(name: string) {
    const found = await this.clients.cognito.send(
      new AdminGetUserCommand({ UserPoolId: this.pool, Username: name }),
    )
    const attributes = (found.UserAttributes ?? []).map(({ Name = '', Value = '' }) => [Name, Value])
    return {
      username: found.Username ?? '',
      enabled: found.Enabled,
      ...(Object.fromEntries(attributes) as Record<string, string>),
    }
  }

  async ledger(phone: string): Promise<Ledger> {
    return (await this.item(phone)).ledger
  }

  async putLedger(phone: string, ledger: Partial<Ledger>): Promise<void> {
    const { version } = await this.item(phone)
    const item = { ledger: { ...emptyLedger, ...ledger }, version, write: 'x' }
    const input = putLedgerInput(table, await this.pk(phone), item, this.terminal.clock.now())
    await this.clients.dynamodb.send(new PutItemCommand(input))
  }

  private async item(phone: string) {
    const input = getLedgerInput(table, await this.pk(phone))
    return ledgerItemOf((await this.clients.dynamodb.send(new GetItemCommand(input))).Item)
  }

  /** What is remembered as the number that this account has proven. */
  async provenNumber(username: string): Promise<string | undefined> {
    const { idKey, numberKey } = await this.keys()
    const user = userHashOf(idKey, this.pool, username)
    const { Item } = await this.clients.dynamodb.send(new GetItemCommand(getProvenInput(table, user)))
    return provenNumberOf(Item, this.pool, user, numberKey)
  }

  async hash(username: string): Promise<string> {
    return userHashOf((await this.keys()).idKey, this.pool, username)
  }

  async pk(phone: string): Promise<string> {
    return numberPkOf((await this.keys()).idKey, this.pool, phone)
  }
}
