// The DeliveryStatus function: takes the provider's delivery reports at an address that everybody can reach.
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda'
import { createAws } from './outside/aws-call.ts'
import { systemClock as clock, deadlineIn, invocationDeadline } from './outside/clock.ts'
import { readCommon, readFallbackQueue, readTable, readWebhookSecretPlace } from './outside/config.ts'
import { request as http } from './outside/http.ts'
import { createLog } from './outside/log.ts'
import { createMessages } from './outside/messages.ts'
import { createQueue } from './outside/queue.ts'
import { createWebhookSecrets } from './outside/webhook-secret.ts'
import { takeReports } from './rounds/reports.ts'

const { env } = process
const common = readCommon(env)
const aws = createAws({ http, clock, env })
const secrets = createWebhookSecrets(aws, clock, readWebhookSecretPlace(env))
const queueUrl = readFallbackQueue(env)
const queue = queueUrl ? createQueue(aws, queueUrl) : undefined
const take = takeReports({ clock, secrets, messages: createMessages(aws, readTable(env)), queue })
secrets.start(deadlineIn(clock, 2000))
let coldStart = true

export async function handler(event: LambdaFunctionURLEvent, context: Context) {
  const about = { trigger: 'deliveryStatus', requestId: context.awsRequestId, coldStart }
  coldStart = false
  const log = createLog({ ...common, now: clock.now }, about)
  return take(event, invocationDeadline(clock, context.getRemainingTimeInMillis()), log)
}
