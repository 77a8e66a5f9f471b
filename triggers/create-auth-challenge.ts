// The CreateAuthChallenge function.
import { randomBytes } from 'node:crypto'
import type { Context, CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import { generateCode } from '../src/core/code.ts'
import { providerOf } from '../src/core/messaging/providers.ts'
import { allowedIn, countryOf } from '../src/core/phone-number.ts'
import { createAws } from './outside/aws-call.ts'
import { systemClock as clock, deadlineIn } from './outside/clock.ts'
import {
  readClients,
  readCountries,
  readLimits,
  readPlaces,
  readProviderKeyPlace,
  readSmsFallback,
  readStageCaps,
  readWhatsApp,
} from './outside/config.ts'
import { createCounters } from './outside/counters.ts'
import { greet, request as http } from './outside/http.ts'
import { createInvocations } from './outside/invocation.ts'
import { createSecretsSource } from './outside/secrets.ts'
import { sendSms } from './outside/sms.ts'
import { createStore } from './outside/store.ts'
import { createWhatsApp } from './outside/whatsapp.ts'
import { createChallenge } from './rounds/create.ts'
import { chooseLanguage } from './rounds/language.ts'
import { rememberDeliveries } from './rounds/recent-deliveries.ts'
import { createSender } from './rounds/send.ts'

const { env } = process
const open = createInvocations('createAuthChallenge', env)
const { table, ...keyPlaces } = readPlaces(env)
const provider = providerOf(env)
const whatsapp = readWhatsApp(env)
const smsAllowed = readSmsFallback(env)
const newId = () => randomBytes(16).toString('base64url')

const aws = createAws({ http, clock, env })
const secrets = createSecretsSource(aws, clock, { ...keyPlaces, providerKey: readProviderKeyPlace(env) }, [
  provider.key.setting,
])
const store = createStore({ aws, clock, table, newId })
// The way to the provider, which a first message would have to find, while nobody waits yet.
const isReadyAt = greet(whatsapp.url, 1200).then(() => clock.ticks())
const create = createChallenge({
  limits: readLimits(env),
  clients: readClients(env),
  isAllowed: allowedIn(readCountries(env)),
  smsAllowed,
  clock,
  secrets,
  store,
  sender: createSender({
    clock,
    limits: readLimits(env),
    store,
    counters: createCounters({ aws, clock, table, caps: readStageCaps(env) }),
    recent: rememberDeliveries(),
    smsAllowed,
    isReadyAt,
    countryOf,
    chooseLanguage: (locale) => chooseLanguage(whatsapp.languages, locale),
    whatsapp: createWhatsApp(http, provider, whatsapp),
    apiKeyOf: ({ given }) => given[provider.key.setting] ?? '',
    sms: (to, code, deadline) => sendSms(aws, to, code, deadline),
  }),
  newId,
  newCode: generateCode,
})
secrets.start(deadlineIn(clock, 2000))
// Opens the connection to the table meanwhile. Nobody waits for it, and nothing is filed under that name.
store.read('warm-up', deadlineIn(clock, 2000)).catch(() => undefined)

export async function handler(event: CreateAuthChallengeTriggerEvent, context: Context) {
  const { deadline, log } = open(event, context)
  return create(event, deadline, log)
}
