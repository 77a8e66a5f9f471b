// Lifts the limits that a user has run into, or forgets the devices that the number knows.
import type { Connection } from '../aws/account.ts'
import { clearCounts } from '../core/ledger/checks.ts'
import { maskPhone } from '../core/mask.ts'
import { count } from '../terminal/layout.ts'
import type { Deed } from './deed.ts'
import { changeLedger } from './number-ledger.ts'
import type { Found } from './one-user.ts'

/** Messages, answers and failures, of strangers and of devices; codes that are on their way stay valid. */
export function resetOf(aws: Connection, { user, phone, account }: Found): Deed {
  const { number, counters } = user
  const { smsLastDay: _, ...counted } = counters
  return {
    warnings: [],
    question: 'Forget what was counted for this number?',
    title: 'Reset the counters',
    notes: [['counters_reset', { number, phone: maskPhone(phone), ...counted }]],
    // Where there is no item, nothing was counted.
    play: () =>
      account.item.version === 0
        ? Promise.resolve()
        : changeLedger(aws, account.subject.pk, (ledger) => clearCounts(ledger)),
    done:
      user.enabled && !user.decoy
        ? 'The user may ask for a code again.'
        : 'It is forgotten, but not why this user gets no code: see «Now».',
    result: { reset: true },
  }
}

/** As when one was stolen or sold: from then on it is as good as any stranger's. Its sessions go on. */
export function forgetDevicesOf(aws: Connection, { user, phone, account }: Found): Deed {
  const { number, devices } = user
  const known = count(devices.length, 'device')
  return {
    warnings: [],
    ...(devices.length > 0 ? { question: `Forget ${known} of this number?` } : {}),
    title: 'Forget the devices',
    notes: [['devices_forgotten', { number, phone: maskPhone(phone), devices: devices.length }]],
    play: () => changeLedger(aws, account.subject.pk, (ledger) => ({ ...ledger, devices: [] })),
    done:
      devices.length > 0
        ? `${known} forgotten; whoever is signed in stays so.`
        : 'The number knows no device; nothing was changed.',
    result: { forgotten: devices.length },
  }
}
