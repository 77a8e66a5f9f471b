// The figures that the pages tell, worked out from the rules and the defaults.

import { growth, quietDigits } from '../../src/core/ledger/allowance.ts'
import { unlocksPerDay } from '../../src/core/ledger/checks.ts'
import { dayMs, deviceLifeMs, mostDevices } from '../../src/core/ledger/ledger.ts'
import { limitsOf } from '../../src/core/limits.ts'
import { mostTestDays } from '../../src/core/test-numbers.ts'
import { guessOdds, type Odds } from '../../src/insight/guess-probability.ts'
import { type Spent, spendingOf } from '../../src/insight/spending.ts'
import { names } from '../../src/names.ts'
import { alarmCost, freeTier, prices } from '../../src/resources/alarms/cost.ts'
import { alarmKeys, ruleOf } from '../../src/resources/alarms/rules.ts'
import { schema } from '../../src/settings/schema.ts'
import { numbersIn } from '../../src/settings/variables.ts'

const limits = limitsOf(numbersIn({}))
const [stable, changing] = [guessOdds({}, false), guessOdds({}, true)]
const { codeLength, sendsPerHour, sendsPerDay, checksPerHour, checksPerDay } = limits

const whole = (number: number) => Math.round(number).toLocaleString('en')
const oneIn = (odds: Odds) => `1 in ${odds.oneIn.toLocaleString('en')}`
const usd = (number: number) => (number < 10 ? number.toFixed(2) : whole(number))

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** The page with what stands between `<!-- figures: name -->` and `<!-- end -->` made anew. */
export function withFigures(page: string, figures: Record<string, string>): string {
  return Object.entries(figures).reduce((text, [name, made]) => {
    const [begin, end] = [`<!-- figures: ${name} -->\n`, '<!-- end -->']
    const from = text.indexOf(begin) + begin.length
    const to = text.indexOf(end, from)
    if (from < begin.length || to < 0) throw new Error(`The page has no place for ${name}`)
    return `${text.slice(0, from)}${made}\n${text.slice(to)}`
  }, page)
}

function oddsTable(): string {
  const row = (who: string, { guesses }: Odds, text: string) => [who, whole(guesses), text]
  const odds = (who: string, one: Odds) => row(who, one, oneIn(one))
  return table(
    ['At the defaults, for one number', 'Guesses', 'Chance of success, at most'],
    [
      odds('a stranger, in 24 hours', stable.stranger.perDay),
      odds('a stranger, in a year, whatever the owner does', stable.stranger.perYear),
      odds('the same, where unknown numbers get another name each time', changing.stranger.perYear),
      odds('whoever holds all known devices, in a year', stable.deviceHolder.perYear),
      odds('the same, where unknown numbers get another name each time', changing.deviceHolder.perYear),
      odds(`a test number, in the ${mostTestDays} days that it may stand`, stable.testNumber),
      row(
        'the sample project that this replaces, in 24 hours: three answers a session, sessions without limit',
        stable.withoutLimits,
        'practically certain',
      ),
    ],
  )
}

function spendingTable(): string {
  const { messages, sms, activeUsers, requests } = spendingOf({ smsFallback: true })
  const range = ({ leastUsd, mostUsd }: Spent) =>
    leastUsd === mostUsd ? usd(mostUsd) : `${usd(leastUsd)} to ${usd(mostUsd)}`
  return table(
    ['In a day (UTC), at most', 'At the defaults', 'US$, list prices'],
    [
      [
        'WhatsApp messages: `POOL_SENDS_PER_DAY`',
        `${whole(messages.count)}; to numbers that nobody has proven ${whole(messages.unproven)}, with those proven ${whole(messages.proven)}, the rest to known devices`,
        `${range(messages)}, by country; what the provider adds besides`,
      ],
      ['SMS, with `SMS_FALLBACK`: `POOL_SMS_PER_DAY`', whole(sms.count), `up to ${usd(sms.mostUsd)}`],
      [
        'active users: `POOL_SIGNUPS_PER_DAY`',
        whole(activeUsers.count),
        `${range(activeUsers)} on LITE, beyond 10,000 free ones a month`,
      ],
      [
        'requests: Cognito’s default quotas alone',
        `${whole(requests.count / 1e6)} million`,
        `functions ${usd(requests.functionsUsd)}, table ${usd(requests.tableUsd)}, logs ${usd(requests.logsUsd)}`,
      ],
    ],
  )
}

const grown = growth.map(({ after, digits }) => `from ${after} on ${codeLength + digits}`).join(', ')
/** Twice as many failures, and shorter codes are not judged any more. */
const outgrown = growth
  .map(
    ({ after }, n) =>
      `with ${codeLength + (growth[n - 1]?.digits ?? 0)} digits at ${2 * after} wrong answers`,
  )
  .join(', ')
const quietLength = codeLength + quietDigits

function strangerTable(): string {
  const { stranger, testNumber } = stable
  return table(
    ['He can', 'At the defaults'],
    [
      [
        'have messages sent to you that you did not ask for',
        `at most ${sendsPerHour} in any hour and ${sendsPerDay} in any 24 hours, all strangers together, and as many again each time that you lift it (\`unlock\`)`,
      ],
      [
        'use up what apps without `device` may do with your number',
        `yes, as long as he goes on: ${sendsPerDay} starts or ${checksPerDay} answers a day are enough. A device that has signed in before still has its own ${sendsPerDay} messages and ${checksPerDay} answers, and lifts ${unlocksPerDay} times a day (\`unlock\`) what strangers have used up`,
      ],
      [
        'use up the code in your hand',
        `no: tries are each session’s own. Without a known device it ends all the same where it has become too short: ${outgrown}`,
      ],
      [
        'make your codes longer',
        `after wrong answers within 90 days: ${grown} digits. Not those of known devices, and not where unknown numbers get another name each time: there strangers’ codes always have ${quietLength}`,
      ],
      ['lock your number', 'no; with `LOCK_AFTER_FAILURES` yes, for whoever has no known device'],
      [
        'guess a code',
        `${oneIn(stranger.perDay)} a day, ${oneIn(stranger.perYear)} a year, whatever you do meanwhile; where unknown numbers get another name each time ${oneIn(changing.stranger.perDay)} and ${oneIn(changing.stranger.perYear)}`,
      ],
      [
        'guess the code of a test number',
        `${oneIn(testNumber)} in the ${mostTestDays} days that it may stand; where unknown numbers get another name each time ${oneIn(changing.testNumber)}`,
      ],
      [
        'take your number',
        'no. Writing it into an account of his proves nothing: you sign in or up with the second try at the latest, and he is put back to the number that he has proven, or gets one that nobody can have and is disabled',
      ],
      [
        'sign your number up before you',
        'yes, and nothing of it survives your first right answer: password, sessions and all attributes but `locale` and `SIGNUP_ATTRIBUTES` end with it',
      ],
      [
        'learn whether your number has an account',
        'from a challenge no. From Cognito itself, by one request each, with certainty: `SignUp` answers `UsernameExistsException`, `ConfirmSignUp` answers for a user otherwise than for nobody, and a disabled user is told that he is',
      ],
      [
        'learn whether you have WhatsApp, or that a cap held your message back',
        'no: both look as if it was sent, and take as long; known devices are told',
      ],
      [
        'have the owner of the stage pay',
        `the ${sendsPerDay} messages a day; over all numbers [what the caps allow](at-scale.md#what-an-attacker-can-make-you-spend)`,
      ],
    ],
  )
}

function deviceHolderTable(): string {
  const { deviceHolder } = stable
  const messages = sendsPerDay * (1 + unlocksPerDay + mostDevices)
  return table(
    ['He can', 'At the defaults'],
    [
      ['sign in', 'no: a device takes the place of no code'],
      [
        'have messages sent to you',
        `${sendsPerDay} a day more by each device, and strangers’ ${sendsPerDay} up to ${1 + unlocksPerDay} times: ${messages} with all ${mostDevices}`,
      ],
      [
        'guess a code',
        `with all ${mostDevices} devices ${oneIn(deviceHolder.perDay)} a day, ${oneIn(deviceHolder.perYear)} a year; where unknown numbers get another name each time ${oneIn(changing.deviceHolder.perDay)} and ${oneIn(changing.deviceHolder.perYear)}. Each device has ${checksPerHour} answers an hour and ${checksPerDay} a day`,
      ],
      [
        'make codes of your other known devices longer',
        `yes: wrong answers of known devices count together (${grown} digits)`,
      ],
      [
        'keep your other known devices out',
        'no: each has an allowance of its own; with `LOCK_AFTER_FAILURES` yes',
      ],
      [
        'learn how your number stands',
        'yes: that it has an account, that a message was held back or cannot reach you',
      ],
      [
        'go on for ever',
        `no: the device is forgotten with your right answer and \`forget_devices\`, by \`whatsapp-otp users forget-devices\`, after ${mostDevices} others have signed in, or ${deviceLifeMs / dayMs} days after it last did`,
      ],
    ],
  )
}

const anyPlace = { stage: 'dev', account: '123456789012', region: 'us-east-1', partition: 'aws' }

function alarmsTable(): string {
  const { poolSendsPerHour, poolSendsPerDay } = schema
  const caps = {
    poolSendsPerHour: poolSendsPerHour.default ?? 0,
    poolSendsPerDay: poolSendsPerDay.default ?? 0,
    deliveryWebhook: true,
    smsFallback: true,
  }
  const only = (key: string) => (key === 'no-reports' ? ', with `DELIVERY_WEBHOOK`' : '')
  const rows = alarmKeys.map((key) => [
    `\`${names.alarm('dev', key)}\`${only(key)}`,
    ruleOf(key, anyPlace, caps).says,
  ])
  const { alarms, metrics, monthly } = alarmCost()
  const { alarmMetric, dashboard, customMetric } = prices
  const free = `${freeTier.alarmMetrics} metrics of alarms, ${freeTier.dashboards} dashboards and ${freeTier.customMetrics} custom metrics are free in an account each month`
  return [
    table(['Alarm', 'Rings when'], rows),
    '',
    `At list prices (us-east-1, 2026) that is US$ ${usd(monthly)} a month: ${alarms} alarms that look at ${metrics} metrics at ${usd(alarmMetric)} each, and a dashboard at ${usd(dashboard)}. The functions’ own metrics come with their log lines whether alarms are on or not, US$ ${usd(customMetric)} a month for each that has data all the time. ${free}.`,
  ].join('\n')
}

/** By the page that they stand on. */
export const figures = {
  alarms: () => ({ alarms: alarmsTable() }),
  'at-scale': () => ({ spending: spendingTable() }),
  security: () => ({ odds: oddsTable(), stranger: strangerTable(), 'device holder': deviceHolderTable() }),
}
