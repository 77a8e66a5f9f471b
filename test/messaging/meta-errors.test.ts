import { expect, it } from 'vitest'
import { sendzen } from '../../src/core/messaging/sendzen.ts'
import { explainMetaError, knownMetaErrors } from '../../src/messaging/meta-errors.ts'

it('every known code has a class, a reason and something to do', () => {
  expect(knownMetaErrors.length).toBeGreaterThan(40)
  for (const code of knownMetaErrors) {
    const { known, why, next } = explainMetaError(code, sendzen)
    expect(known).toBe(true)
    expect(why).not.toMatch(/\.$/)
    expect(next.length).toBeGreaterThan(5)
  }
})

it.each([
  [131026, 'recipient'],
  [130497, 'recipient'],
  [132001, 'configuration'],
  [131042, 'configuration'],
  [200, 'configuration'],
  [299, 'configuration'],
  [131056, 'transient'],
  [80007, 'transient'],
])('%i is a matter of %s', (code, cls) => {
  expect(explainMetaError(code, sendzen)).toMatchObject({ code, class: cls, known: true })
})

it('an unknown code is never repeated by itself, and is named', () => {
  expect(explainMetaError(987654, sendzen)).toMatchObject({ class: 'configuration', known: false })
  expect(explainMetaError(987654, sendzen).why).toContain('987654')
})

it.each(knownMetaErrors)('%i is blamed by the functions on whom the CLI names', (code) => {
  const text = JSON.stringify({ message: 'no', error: { code: String(code), details: 'x' } })
  const { blame } = sendzen.readReply({ status: 400, headers: {}, text })
  const blames = { recipient: 'recipient', configuration: 'operator', transient: 'provider' } as const
  expect(blame).toBe(blames[explainMetaError(code, sendzen).class])
})
