// The SmsFallback function: SQS calls it when a message has failed, or its time to arrive is over.
import { randomBytes } from 'node:crypto'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { createAws } from './outside/aws-call.ts'
import { systemClock as clock, deadlineIn, invocationDeadline } from './outside/clock.ts'
import {
  readBrakePlace,
  readCommon,
  readPlaces,
  readSmsCaps,
  readSmsPerDay,
  readSmsSender,
} from './outside/config.ts'
import { request as http } from './outside/http.ts'
import { createLog, logFailure } from './outside/log.ts'
import { createMessages } from './outside/messages.ts'
import { createSecretsSource } from './outside/secrets.ts'
import { sendSms } from './outside/sms.ts'
import { createSmsCounter } from './outside/sms-counter.ts'
import { createStore } from './outside/store.ts'
import { sendLate } from './rounds/late.ts'

const { env } = process
const common = readCommon(env)
const { table, ...keyPlaces } = readPlaces(env)
const smsSender = readSmsSender(env)
const newId = () => randomBytes(16).toString('base64url')

const aws = createAws({ http, clock, env })
const secrets = createSecretsSource(aws, clock, { ...keyPlaces, brake: readBrakePlace(env) })
const late = sendLate({
  ...{ clock, secrets, newId },
  limits: { smsPerDay: readSmsPerDay(env) },
  messages: createMessages(aws, table),
  store: createStore({ aws, clock, table, newId }),
  counter: createSmsCounter({ aws, clock, table, caps: readSmsCaps(env) }),
  sms: (message, deadline) => sendSms(aws, smsSender, message, deadline),
})
secrets.start(deadlineIn(clock, 2000))
let coldStart = true

/** What cannot be done now comes again, once SQS lets it be seen again. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const about = { trigger: 'smsFallback', requestId: context.awsRequestId, coldStart }
  coldStart = false
  const log = createLog({ ...common, now: clock.now }, about)
  const deadline = invocationDeadline(clock, context.getRemainingTimeInMillis())
  const failed = await Promise.all(
    event.Records.map(async ({ messageId, body }) => {
      try {
        await late(body, deadline, log)
        return []
      } catch (error) {
        logFailure(log, error)
        return [{ itemIdentifier: messageId }]
      }
    }),
  )
  return { batchItemFailures: failed.flat() }
}
