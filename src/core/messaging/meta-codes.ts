// Meta's error codes of sending, and whose fault each is: the functions act on it, the CLI explains it.
// Source: Meta's Cloud API error reference. Codes are stable, their titles are not.

/** recipient: this number cannot get it. configuration: until somebody acts. transient: passes by itself. */
export type Fault = 'recipient' | 'configuration' | 'transient'

/** No account, not allowed, opted out. */
export const recipientCodes = [130472, 130497, 131021, 131026, 131030, 131049, 131050, 131062] as const

/** Limits, overload and maintenance. */
export const transientCodes = [
  1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004, 133016, 135000,
] as const

/** Key, account, sender, template or message. Nobody looks a code up here: any that is unknown counts so too. */
export const configurationCodes = [
  0, 3, 10, 33, 100, 190, 368, 131005, 131008, 131009, 131031, 131037, 131042, 131045, 131047, 131048, 131051,
  132000, 132001, 132005, 132007, 132012, 132015, 132016, 133010,
] as const

/** Unknown codes count as configuration, so that nothing repeats a message in a loop. */
export function faultOf(code: number): Fault {
  const isIn = (codes: readonly number[]) => codes.includes(code)
  return isIn(recipientCodes) ? 'recipient' : isIn(transientCodes) ? 'transient' : 'configuration'
}
