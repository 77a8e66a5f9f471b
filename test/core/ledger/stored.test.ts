// A ledger as it lies in the table: those of the former version are read without harm, and none grows large.
import { expect, it } from 'vitest'
import { unlock } from '../../../src/core/ledger/checks.ts'
import { dayMs, emptyLedger, type Ledger } from '../../../src/core/ledger/ledger.ts'
import { type LedgerItem, ledgerItemOf, putLedgerInput } from '../../../src/core/table-ledger.ts'
import { limits } from '../../limits.ts'
import { answered, claim, draft, first, latest, minute, proven, start, withCode } from './drafts.ts'

const itemOf = (ledger: object) => ({ d: { S: JSON.stringify(ledger) }, v: { N: '3' }, w: { S: 'w' } })

it('is read as it was written', () => {
  let ledger = proven(withCode(), start + 1, { device: 'd' })
  ledger = answered(withCode(ledger, start + minute), start + minute + 1)
  const item: LedgerItem = { ledger, version: 3, write: 'w' }
  const { Item } = putLedgerInput('table', 'N#1', item, start)
  expect(ledgerItemOf(Item)).toEqual({ ...item, version: 4 })
})

/** What the former version wrote. */
const challenge = {
  ...{
    cid: 'old',
    key: 'first:client',
    by: 'by',
    user: 'user',
    client: 'client',
    kid: 'k1',
    tag: 't',
    sealed: 's',
  },
  ...{ expiresAt: start + 5 * minute, attempts: 1, sends: 1, channel: 'whatsapp' },
}
const former = {
  ...{ sends: [start], sms: [], checks: [start], nextSend: start + minute },
  ...{ failures: 90, lastFailure: start, lastSuccess: start - dayMs, challenges: [challenge] },
}

it('of the former version keeps its allowance and loses its count of failures and its codes', () => {
  const { ledger, version } = ledgerItemOf(itemOf(former))
  expect(version).toBe(3)
  expect(ledger).toMatchObject({
    ...emptyLedger,
    ...{ sends: [start], checks: [start], nextSend: start + minute, lastSuccess: start - dayMs },
  })
})

it('of the former version goes on under every rule', () => {
  const { ledger } = ledgerItemOf(itemOf(former))
  expect(first(ledger, start + 1).outcome).toEqual({ kind: 'refused', reason: 'cooldown' })
  const sent = withCode(ledger, start + minute)
  expect(latest(sent)).toMatchObject({ length: 6, tries: {} })
  const paid = answered(sent, start + minute + 1)
  expect(paid.checks).toEqual([start, start + minute + 1])
  const after = proven(paid, start + minute + 2, { device: 'd' })
  expect(after).toMatchObject({ owner: 'user', failures: [], devices: [{ id: 'd' }] })
  expect(unlock(after, start + minute + 3, limits, 'd').outcome).toBe(true)
})

it('of the former version has no code that anybody could answer', () => {
  const { ledger } = ledgerItemOf(itemOf(former))
  expect(ledger.challenges).toEqual([])
})

/** As long as the ids that the functions make. */
const id = (n: number) => `${n}`.padStart(22, '0')
const wide = (n: number) => `${n}`.padStart(32, 'f')

/** The item after days in which a stranger, and as many devices as there may be, use up all they have. */
function worst(devices: number) {
  let n = 0
  const asked = (device?: string) => {
    const codeOf = (length: number) => ({
      ...{ kid: '01234567', tag: 't'.repeat(43) },
      sealed: 's'.repeat(Math.ceil(((28 + length) * 4) / 3)),
    })
    const ids = { by: id(++n), key: `${id(n)}:9`, cid: id(n), user: wide(1), client: 'c'.repeat(26) }
    return draft({ ...ids, codeOf, device })
  }
  const known = Array.from({ length: devices }, (_, nth) => wide(nth))
  let ledger: Ledger = emptyLedger
  for (const [nth, device] of known.entries()) {
    const at = start - dayMs + nth * minute
    ledger = proven(first(ledger, at - 30 * dayMs, asked()).next!, at - 30 * dayMs, { device })
  }
  let most = 0
  for (let day = 0; day < 8; day++) {
    for (let at = 0; at < 60; at++) {
      const now = start + day * dayMs + at * 46_000
      for (const party of [undefined, ...known]) {
        ledger = first(ledger, now, asked(party)).next ?? ledger
        if (ledger.challenges.length === 0) continue
        for (let times = 0; times < 4; times++) {
          const to = claim(ledger, { sid: id(++n), device: party })
          ledger = answered(ledger, now + times, to)
        }
        if (party && at % 20 === 10) ledger = unlock(ledger, now + 9, limits, party).next ?? ledger
      }
      const { Item } = putLedgerInput('table', `N#${wide(1)}`, { ledger, version: 9, write: id(n) }, now)
      most = Math.max(most, JSON.stringify(Item).length)
    }
  }
  return most
}

it('is never larger than 8 kB, whatever strangers do to a number', () => {
  expect(limits.sendsPerHour).toBe(5)
  const most = worst(0)
  expect(most).toBeGreaterThan(5_000)
  expect(most).toBeLessThan(8_000)
})

it('is never larger than 24 kB, whatever five devices do besides: what an item may have is 400', () => {
  const most = worst(5)
  expect(most).toBeGreaterThan(8_000)
  expect(most).toBeLessThan(24_000)
})
