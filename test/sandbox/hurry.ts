// The SDK's own pauses before it asks again, which pass in real time: next to nothing while somebody is in a hurry.
import { STSClient } from '@aws-sdk/client-sts'

interface Backoff {
  computeNextBackoffDelay(attempt: number): number
}

export interface Hurry {
  end(): void
}

let hurrying = 0
let usual: Backoff['computeNextBackoffDelay'] | undefined

/** Makes them short for every client of this process, those that nobody can reach yet too, until `end` is called. */
export async function hurry(): Promise<Hurry> {
  const backoff = await backoffOfAll()
  if (hurrying++ === 0) {
    usual = backoff.computeNextBackoffDelay
    backoff.computeNextBackoffDelay = () => 1
  }
  return {
    end() {
      if (--hurrying === 0 && usual) backoff.computeNextBackoffDelay = usual
    },
  }
}

/** What all clients inherit. */
async function backoffOfAll(): Promise<Backoff> {
  const strategy = (await new STSClient({}).config.retryStrategy()) as unknown as {
    retryBackoffStrategy: Backoff
  }
  return Object.getPrototypeOf(strategy.retryBackoffStrategy) as Backoff
}
