// What CreateAuthChallenge does for this stage’s own app clients.
import { randomBytes } from 'node:crypto'
import type { Context, CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import { generateCode } from '../../src/core/code.ts'
import { chooseLanguage } from '../../src/core/messaging/language.ts'
import { providerOf } from '../../src/core/messaging/providers.ts'
import { smsLanguageOf } from '../../src/core/messaging/sms.ts'
import { allowedIn, countryOf } from '../../src/core/phone-number.ts'
import { createAws } from '../outside/aws-call.ts'
import { systemClock as clock, deadlineIn } from '../outside/clock.ts'
import {
  readBorrowedPool,
  readBrakePlace,
  readClients,
  readCountries,
  readDeliveryWebhook,
  readFallbackQueue,
  readLimits,
  readPlaces,
  readProviderKeyPlace,
  readSmsFallback,
  readSmsSender,
  readStageCaps,
  readWhatsApp,
} from '../outside/config.ts'
import { createCounters } from '../outside/counters.ts'
import { request as http } from '../outside/http.ts'
import { createInvocations } from '../outside/invocation.ts'
import { createMessages } from '../outside/messages.ts'
import { createQueue } from '../outside/queue.ts'
import { createSecretsSource } from '../outside/secrets.ts'
import { sendSms } from '../outside/sms.ts'
import { createStore } from '../outside/store.ts'
import { createWhatsApp } from '../outside/whatsapp.ts'
import { type CreateOptions, createChallenge } from '../rounds/create.ts'
import { createFollow } from '../rounds/follow.ts'
import { rulesByMarks } from '../rounds/marks.ts'
import { rulesByMemory } from '../rounds/memory.ts'
import { createProvenNumbers } from '../rounds/proven-numbers.ts'
import { rememberDeliveries } from '../rounds/recent-deliveries.ts'
import { type Nowhere, rehearse } from '../rounds/rehearsal.ts'
import { createSender, type SendOptions } from '../rounds/send.ts'

const { env } = process
const open = createInvocations('createAuthChallenge', env)
const { table, ...keyPlaces } = readPlaces(env)
const provider = providerOf(env)
const whatsapp = readWhatsApp(env)
const smsAllowed = readSmsFallback(env)
const smsSender = readSmsSender(env)
const isReported = readDeliveryWebhook(env)
const queueUrl = readFallbackQueue(env)
const newId = () => randomBytes(16).toString('base64url')

const limits = readLimits(env)
const clients = readClients(env)
const caps = readStageCaps(env)
const pool = readBorrowedPool(env)
const isAllowed = allowedIn(readCountries(env))

const aws = createAws({ http, clock, env })
const places = { ...keyPlaces, providerKey: readProviderKeyPlace(env), brake: readBrakePlace(env) }
const secrets = createSecretsSource(aws, clock, places, [provider.key.setting])
const compose = (
  { aws, http, secrets }: Nowhere,
  { isAllowed, ...pace }: Pick<CreateOptions, 'isAllowed'> & Pick<SendOptions, 'isReadyAt' | 'random'>,
) => {
  const store = createStore({ aws, clock, table, newId })
  const sender = createSender({
    ...{ clock, limits, store, smsAllowed, countryOf, ...pace },
    counters: createCounters({ aws, clock, table, caps }),
    recent: rememberDeliveries(),
    chooseLanguage: (locale) => chooseLanguage(whatsapp.languages, locale),
    whatsapp: createWhatsApp(http, provider, whatsapp),
    apiKeyOf: ({ given }) => given[provider.key.setting] ?? '',
    chooseSmsLanguage: (locale) => smsLanguageOf(locale, whatsapp.languages[0]),
    sms: (message, deadline) => sendSms(aws, smsSender, message, deadline),
    follow: createFollow({
      clock,
      messages: isReported ? createMessages(aws, table) : undefined,
      queue: queueUrl ? createQueue(aws, queueUrl) : undefined,
    }),
  })
  const numbers = createProvenNumbers(aws, table)
  return createChallenge({
    rules: pool ? rulesByMemory({ clients, aws, table, numbers, pool }) : rulesByMarks(clients),
    ...{ limits, clients, isAllowed, smsAllowed, clock, secrets, store, sender, newId },
    newCode: generateCode,
  })
}
secrets.start(deadlineIn(clock, 2000))
// Opens the connections to the table meanwhile, as many as a round of an unproven number has use for at once: another
// number has use for fewer, and must not be told by it. Nobody waits for them, and nothing is filed under that name.
const warm = createStore({ aws, clock, table, newId })
for (const _ of [1, 2, 3]) warm.read('warm-up', deadlineIn(clock, 2000)).catch(() => undefined)
if (queueUrl) void createQueue(aws, queueUrl).warm(deadlineIn(clock, 2000))
const rehearsed = rehearse(
  (nowhere) =>
    compose(nowhere, {
      // Wherever the number is from.
      isAllowed: (phone) => isAllowed(phone) || true,
      isReadyAt: Promise.resolve(0),
      // The first sign-in waits for the end of it.
      random: () => 0,
    }),
  http,
  clients,
  deadlineIn(clock, 1500),
)
const now = () => clock.ticks()
const create = compose({ aws, http, secrets }, { isAllowed, isReadyAt: rehearsed.then(now, now) })

export async function handler(event: CreateAuthChallengeTriggerEvent, context: Context) {
  const { deadline, log } = open(event, context)
  return create(event, deadline, log)
}
