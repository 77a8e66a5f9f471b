// `whatsapp-otp/client`: sign-in by WhatsApp for browsers, React Native and Node, without a dependency.
export { createClient } from './client.ts'
export { codeIn } from './code.ts'
export type { Tokens } from './cognito.ts'
export { OtpError, type OtpErrorCode } from './errors.ts'
export type { Client, ClientOptions } from './options.ts'
export { toE164 } from './phone.ts'
export type { Challenge, Next, State, Status, Step, Texts, User } from './state.ts'
export { memory, type Store, type Stores } from './storage.ts'
