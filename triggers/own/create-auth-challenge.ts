// What CreateAuthChallenge does for this stage’s own app clients.
import { randomBytes } from 'node:crypto'
import type { Context, CreateAuthChallengeTriggerEvent } from 'aws-lambda'
import { generateCode } from '../../src/core/code.ts'
import { chooseLanguage } from '../../src/core/messaging/language.ts'
import { providerOf } from '../../src/core/messaging/providers.ts'
import { smsLanguageOf } from '../../src/core/messaging/sms.ts'
import { allowedIn, countryOf } from '../../src/core/phone/number.ts'
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
import { createChallenge } from '../rounds/create.ts'
import { createFollow } from '../rounds/follow.ts'
import { rulesByMarks } from '../rounds/marks.ts'
import { rulesByMemory } from '../rounds/memory.ts'
import { createProvenNumbers } from '../rounds/proven-numbers.ts'
import { rememberDeliveries } from '../rounds/recent-deliveries.ts'
import { type Nowhere, rehearse } from '../rounds/rehearsal.ts'
import { createSender, type SendOptions } from '../rounds/send.ts'

const { env } = process
const newId = () => randomBytes(16).toString('base64url')

/** Throws where the environment lacks something. */
function readSettings() {
  const { table, ...keyPlaces } = readPlaces(env)
  return {
    table,
    places: { ...keyPlaces, providerKey: readProviderKeyPlace(env), brake: readBrakePlace(env) },
    provider: providerOf(env),
    whatsapp: readWhatsApp(env),
    smsAllowed: readSmsFallback(env),
    smsSender: readSmsSender(env),
    isReported: readDeliveryWebhook(env),
    queueUrl: readFallbackQueue(env),
    limits: readLimits(env),
    clients: readClients(env),
    caps: readStageCaps(env),
    pool: readBorrowedPool(env),
    isAllowed: allowedIn(readCountries(env)),
  }
}

type Settings = ReturnType<typeof readSettings>
type Pace = Pick<SendOptions, 'isReadyAt' | 'random'>

/** All that plays a round, over the real world or none. */
function compose(settings: Settings, { aws, http, secrets }: Nowhere, pace: Pace) {
  const { table, provider, whatsapp, smsAllowed, smsSender, isReported, queueUrl } = settings
  const { limits, clients, caps, pool, isAllowed } = settings
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

/** Throws where the environment lacks something. */
export function start() {
  const open = createInvocations('createAuthChallenge', env)
  const settings = readSettings()
  const { table, places, provider, queueUrl, clients, isAllowed } = settings
  const aws = createAws({ http, clock, env })
  const secrets = createSecretsSource(aws, clock, places, [provider.key.setting])
  secrets.start(deadlineIn(clock, 2000))
  // Opens the connections to the table meanwhile, as many as a round of an unproven number has use for at once: another
  // number has use for fewer, and must not be told by it. Nobody waits for them, and nothing is filed under that name.
  const warm = createStore({ aws, clock, table, newId })
  for (const _ of [1, 2, 3]) warm.read('warm-up', deadlineIn(clock, 2000)).catch(() => undefined)
  if (queueUrl) void createQueue(aws, queueUrl).warm(deadlineIn(clock, 2000))
  // Wherever the number is from.
  const anywhere = { ...settings, isAllowed: (phone: string) => isAllowed(phone) || true }
  const rehearsed = rehearse(
    // The first sign-in waits for the end of it.
    (nowhere) => compose(anywhere, nowhere, { isReadyAt: Promise.resolve(0), random: () => 0 }),
    http,
    clients,
    deadlineIn(clock, 1500),
  )
  const now = () => clock.ticks()
  const create = compose(settings, { aws, http, secrets }, { isReadyAt: rehearsed.then(now, now) })

  return async (event: CreateAuthChallengeTriggerEvent, context: Context) => {
    const { deadline, log } = open(event, context)
    return create(event, deadline, log)
  }
}
