// What an app gives to the client, and what it gets: the contract of `whatsapp-otp/client`.
import type { Connection, Tokens } from './cognito.ts'
import type { Country } from './phone.ts'
import type { State, Texts } from './state.ts'
import type { Stores } from './storage.ts'

export interface ClientOptions extends Connection {
  /** The app client that signs in: the stage's login client, or its signup client where anybody may sign up. */
  clientId: string
  /** The stage's signup client: who has no account gets one with the first code. Absent, only users sign in. */
  signUpClientId?: string | undefined
  /**
   * The stage is on a pool that existed before (`--user-pool`): what its users sign in with, a name being whatever Cognito
   * takes, as an address. `isVerified` is `phone_number_verified` alone there.
   */
  existingPool?: 'phone' | 'name' | undefined
  /** Whose numbers are typed without the country's code, as `DE` of `whatsapp-otp/client/countries`. */
  country?: Country | undefined
  /** Language of the messages, as `pt-BR`; the stage knows which ones it has. */
  locale?: string | undefined
  /** The stage sends SMS, so that the user may be offered one. */
  sms?: boolean | undefined
  /** The sentences that `state.text` has, as `de` of `whatsapp-otp/client/texts`; yours over them. */
  texts?: Partial<Texts> | undefined
  stores?: Partial<Stores> | undefined
  /** Epoch milliseconds. */
  now?: (() => number) | undefined
}

export interface Client {
  readonly state: State
  /** Hears of every change; gives what ends it. */
  subscribe(listener: (state: State) => void): () => void
  /** Resolves once what was kept is read: the state is not `restoring` any more. */
  ready(): Promise<State>
  /** Asks for a code for a number (or a name) as it was typed; signs up first where that is on. */
  start(phone: string): Promise<State>
  /** Gives a code, alone or with the message around it. */
  answer(code: string, wish?: { forgetOtherDevices?: boolean }): Promise<State>
  /** Asks for another message; `sms` once `smsAt` has come. */
  resend(channel?: 'whatsapp' | 'sms'): Promise<State>
  /** From a known device: lifts what strangers have used up of this number, twice a day. */
  unlock(): Promise<State>
  /** With the code of the number until now: goes on with a code to the new one. Again, to name another one. */
  changeNumber(phone: string, code?: string): Promise<State>
  /** Tokens that are good for a minute at least, refreshed where they have to be. Throws OtpError `not_signed_in`. */
  tokens(options?: { refresh?: boolean }): Promise<Tokens>
  /** Forgets a sign-in that is under way. */
  reset(): Promise<State>
  /** Here and in the other tabs; `everywhere` ends the sessions of all devices. */
  signOut(options?: { everywhere?: boolean }): Promise<State>
  /** Ends what listens to other tabs. */
  close(): void
}
