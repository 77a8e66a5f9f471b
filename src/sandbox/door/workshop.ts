// What the workshop page asks: sign-ins step by step, users, failing numbers, what can be broken, and live news of it.
import type { ServerResponse } from 'node:http'
import * as z from 'zod'
import { AwsFault } from '../account/aws-fault.ts'
import type { Faults } from '../account/faults.ts'
import type { World } from '../account/world.ts'
import { readObject } from '../protocol/body.ts'
import type { AwsService } from '../protocol/dispatch.ts'
import { type Request, send } from '../protocol/request.ts'
import { type FateName, fatefulNumbers, fates } from '../sendzen/fates.ts'
import type { TextMessage } from '../sns/text-message.ts'
import { openStream, type Streams } from './event-stream.ts'
import type { Flows } from './flow.ts'
import { createSwitches } from './switches.ts'
import { createUsers } from './users.ts'
import type { Web } from './web.ts'

export interface WorkshopParts {
  world: World
  services: readonly AwsService[]
  web: Pick<Web, 'inbox' | 'sendzen' | 'stage'>
  faults: Faults
  flows: Flows
  textMessages: TextMessage[]
}

export interface Workshop {
  /** Answers what the page asks below `/_sandbox/`; false for other paths. */
  handle(request: Request, response: ServerResponse): Promise<boolean>
  /** Ends the open streams, so that the server can close. */
  close(): void
}

const switchBody = z.strictObject({ id: z.string(), isOn: z.boolean() })
const fateNames = Object.keys(fates) as [FateName, ...FateName[]]
const nextBody = z.strictObject({ fate: z.enum(fateNames), times: z.int().min(1).max(1_000).default(1) })
const userPath = /^\/_sandbox\/users\/([\w-]+)\/([^/]+)$/

export function createWorkshop(parts: WorkshopParts): Workshop {
  const { world, services, web, flows, textMessages } = parts
  const switches = createSwitches(web.sendzen, parts.faults)
  const users = createUsers(services.find(({ name }) => name === 'cognito-idp')?.operations ?? {})
  const streams: Streams = new Set()

  function listen(response: ServerResponse): void {
    const tell = openStream(response, streams)
    const silences = [
      flows.listen((event) => (event.type === 'step' ? tell('step', event) : tell('clear', {}))),
      web.inbox.listen((event) => tell(event.type, 'message' in event ? event.message : {})),
    ]
    response.on('close', () => {
      for (const silence of silences) silence()
    })
  }

  async function answerTo({ method, url, body }: Request): Promise<object | undefined> {
    const user = userPath.exec(url.pathname)
    if (user?.[1] && user[2] && method === 'DELETE') {
      await users.remove(user[1], decodeURIComponent(user[2]))
      return {}
    }
    switch (`${method} ${url.pathname.slice('/_sandbox/'.length)}`) {
      case 'GET workshop':
        return {
          now: world.now(),
          region: world.region,
          stage: web.stage(),
          flows: flows.list(),
          messages: web.inbox.list(),
          textMessages,
          refused: web.sendzen.refused,
          numbers: fatefulNumbers,
          fates: fateNames,
          switches: switches.list(),
        }
      case 'GET users':
        return { users: await users.list() }
      case 'POST switches': {
        const { id, isOn } = switchBody.parse(readObject(body))
        switches.set(id, isOn)
        return { switches: switches.list() }
      }
      case 'POST next-message': {
        const { fate, times } = nextBody.parse(readObject(body))
        web.sendzen.failNext(fate, times)
        return {}
      }
      case 'DELETE workshop':
        web.sendzen.refused.length = 0
        textMessages.length = 0
        web.inbox.clear()
        flows.clear()
        return {}
      default:
        return undefined
    }
  }

  return {
    async handle(request, response) {
      const { pathname } = request.url
      if (!pathname.startsWith('/_sandbox/')) return false
      if (request.method === 'GET' && pathname === '/_sandbox/events') {
        listen(response)
        return true
      }
      const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
      try {
        const answer = await answerTo(request)
        if (answer) send(response, { status: 200, headers, body: JSON.stringify(answer) }, 'sandbox')
        return answer !== undefined
      } catch (error) {
        const status = error instanceof AwsFault ? error.status : 400
        const message = error instanceof Error ? error.message : String(error)
        send(response, { status, headers, body: JSON.stringify({ message }) }, 'sandbox')
        return true
      }
    },
    close: () => {
      for (const response of streams) response.end()
    },
  }
}
