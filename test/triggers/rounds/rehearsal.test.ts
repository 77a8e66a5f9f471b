// The round that a container plays while it starts: it needs nobody, and nobody hears of it.
import { expect, it } from 'vitest'
import { deadlineIn, systemClock } from '../../../triggers/outside/clock.ts'
import { HttpFailure, type HttpRequest } from '../../../triggers/outside/http.ts'
import { rehearse } from '../../../triggers/rounds/rehearsal.ts'

const clients = { signup: 'signup', login: 'login' }
const deadline = () => deadlineIn(systemClock, 1_000)
const message: HttpRequest = {
  ...{ url: 'https://provider.example/v1/messages?to=1', method: 'POST', body: 'the code' },
  ...{ headers: { authorization: 'the key' }, connectMs: 1, totalMs: 1, maxBytes: 1 },
}

it('knocks at the door of the provider, with nothing in its hands', async () => {
  const requests: HttpRequest[] = []
  const answers: unknown[] = []
  await rehearse(
    ({ http }) =>
      async (event) => {
        answers.push(await http(message))
        return event
      },
    async (request) => {
      requests.push(request)
      throw new HttpFailure('refused', false)
    },
    clients,
    deadline(),
  )
  expect(requests).toMatchObject([{ url: 'https://provider.example/', method: 'GET', headers: {}, body: '' }])
  expect(answers).toMatchObject([{ status: 200 }])
})

it('keeps nobody from signing in when it fails', async () => {
  const failing = () => Promise.reject(new Error('a mistake of ours'))
  await rehearse(
    () => failing,
    async () => Promise.reject(new HttpFailure('dns', false)),
    clients,
    deadline(),
  )
})
