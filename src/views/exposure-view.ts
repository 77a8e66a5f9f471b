// What the rules of a stage leave to an attacker, as lines for people.
import type { GuessOdds } from '../insight/guess-probability.ts'
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
      ? [`${indent}codes of strangers have two digits more and do not grow: Cognito renames unknown numbers`]
      : []),
    ...(lockAfterFailures > 0
      ? [`${indent}${lockAfterFailures} wrong answers in 90 days lock a number, whoever gives them`]
      : []),
  ].flatMap((line) => wrap(line, dataWidth, indent))
}

const oneIn = (number: number) => `1 in ${number.toLocaleString('en')}`
