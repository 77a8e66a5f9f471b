// Test numbers for people: masked, with their end.
import { leftOf, type ShownTestNumber, testNumberWarnings } from '../insight/test-numbers.ts'
import { wrap } from '../terminal/layout.ts'
import type { Output } from '../terminal/output.ts'

/** Rows with a header. */
export function testNumberTable(shown: ShownTestNumber[]): [rows: string[][], header: string[]] {
  const header = ['number', 'in the logs', 'digits', 'until (UTC)', 'left']
  const rows = shown.map((one) => [one.phone, one.number, String(one.codeLength), minuteOf(one), leftOf(one)])
  return [rows, header]
}

/** Lines of `status`. */
export function testNumberLines(
  shown: ShownTestNumber[],
  stage: string,
  { theme, dataWidth }: Pick<Output, 'theme' | 'dataWidth'>,
): string[] {
  return testNumberWarnings(shown, stage).flatMap((warning) =>
    wrap(`${theme.warning} test numbers: ${warning}`, dataWidth, '    '),
  )
}

const minuteOf = ({ until }: ShownTestNumber) => until.slice(0, 16).replace('T', ' ')
