// What the rules of a stage leave to an attacker, as lines for people.
import type { GuessOdds } from '../insight/guess-probability.ts'
import type { Spending, Spent } from '../insight/spending.ts'
import { wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'

type View = Pick<Output, 'dataWidth'>

const indent = ' '.repeat(11)

/** The odds of a patient guesser for one number. */
export function guessLines(odds: GuessOdds, { dataWidth }: View): string[] {
  const { stranger, deviceHolder, quiet, lockAfterFailures } = odds
  const both = (span: 'perDay' | 'perYear') =>
    `${oneIn(stranger[span].oneIn)} for a stranger, ${oneIn(deviceHolder[span].oneIn)} with all its devices`
  return [
    `Guessing   one number in a year: ${both('perYear')}`,
    `${indent}in a day: ${both('perDay')}`,
    ...(quiet
      ? [
          `${indent}codes of strangers have 2 digits more and do not grow: unknown numbers may have another name each time`,
        ]
      : []),
    ...(lockAfterFailures > 0
      ? [
          `${indent}${lockAfterFailures} wrong answers of strangers in 90 days lock a number for whoever has no known device`,
        ]
      : []),
  ].flatMap((line) => wrap(line, dataWidth, indent))
}

/** What an attacker can make the owner of the stage spend in a day. */
export function spendingLines(spending: Spending, { dataWidth }: View): string[] {
  const { messages, sms, activeUsers, requests } = spending
  const pieces = ({ count }: Spent, what: string, price: string) =>
    `${count.toLocaleString('en')} ${what} (${price})`
  const parts = [
    pieces(messages, 'messages', `${usd(messages.leastUsd)} to ${usd(messages.mostUsd)}, by country`),
    ...(sms.count > 0 ? [pieces(sms, 'SMS', `up to ${usd(sms.mostUsd)}`)] : []),
    ...(activeUsers.count > 0 ? [pieces(activeUsers, 'active users', usd(activeUsers.mostUsd))] : []),
  ]
  const { functionsUsd, tableUsd, logsUsd } = requests
  return [
    `Spending   an attacker's day, at most, in US$: ${parts.join(', ')}`,
    `${indent}functions ${usd(functionsUsd)}, table ${usd(tableUsd)}, logs ${usd(logsUsd)} at Cognito's default quotas, which alone bound them`,
  ].flatMap((line) => wrap(line, dataWidth, indent))
}

/** Cents where they count. */
function usd(number: number): string {
  const digits = number < 10 ? 2 : 0
  return number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
const oneIn = (number: number) => `1 in ${number.toLocaleString('en')}`
