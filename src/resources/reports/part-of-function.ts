// What the parts of the function that takes delivery reports have in common: they come and go with it, and wait for it.
import type { Aws } from '../../aws/clients.ts'
import { isFunctionBusy } from '../../aws/errors.ts'
import { retryWhile } from '../../aws/wait.ts'
import { names, type Place, reportFunction } from '../../names.ts'
import { onlyWithReports } from '../../settings/parts.ts'

const owner = `function:${reportFunction}`

/** Its place among the resources of a stage. */
export const partOfFunction = ({ stage }: Place) => ({
  ...onlyWithReports,
  name: names.function(stage, reportFunction),
  needs: [owner],
  removeAfter: [],
  partOf: owner,
  goesWith: owner,
})

/** Sends again while Lambda is at another change of the function; `what` as in «its address». */
export const patiently = <T>(
  { clock, signal, place }: Aws,
  what: string,
  send: () => Promise<T>,
): Promise<T> => {
  const name = names.function(place.stage, reportFunction)
  return retryWhile(isFunctionBusy, { clock, signal, capMs: 60_000, what: `${name} to take ${what}` }, send)
}
