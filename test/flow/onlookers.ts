// What onlookers are shown of a number: the same steps for users and for nobody, held against each other.
import { expect } from 'vitest'
import type { Asked } from './app.ts'
import type { Stage } from './stage.ts'

export type Step = (at: Asked) => Promise<Asked>

/** What is shown, with seconds rounded: how long the functions ran for each of the three is not the question. */
function rounded(all: Record<string, string>[]) {
  const near = (seconds: string | undefined) => expect.closeTo(Number(seconds), -1)
  return all.map(({ expiresIn, resendIn, ...rest }) => ({
    ...rest,
    expiresIn: near(expiresIn),
    resendIn: near(resendIn),
  }))
}
const numbers = (all: Record<string, string>[]) =>
  all.map(({ expiresIn, resendIn, ...rest }) => ({
    ...rest,
    expiresIn: Number(expiresIn),
    resendIn: Number(resendIn),
  }))

export const statuses = (all: Record<string, string>[]) =>
  all.map(({ status, attemptsLeft }) => `${status} ${attemptsLeft}`)

export function onlookers(stage: () => Stage) {
  /** What the app is shown in the course of these steps. */
  async function shown(phone: string, steps: Step[]): Promise<Record<string, string>[]> {
    let at = await stage().app.start(phone)
    const all = [at.parameters]
    for (const step of steps) {
      at = await step(at)
      all.push(at.parameters)
    }
    return all
  }

  /** The same steps for a proven user, a new one, and a number that nobody has. */
  async function compare(steps: Step[]): Promise<Record<string, string>[]> {
    const proven = await shown(await stage().addProvenUser(), steps)
    const fresh = await shown(await stage().app.signUp(), steps)
    const unknown = await shown(stage().newPhone(), steps)
    expect(numbers(fresh)).toEqual(rounded(proven))
    expect(numbers(unknown)).toEqual(rounded(proven))
    return unknown
  }

  /** Not the code, except once in a million runs; as many digits as the app is told of. */
  const wrong: Step = (at) => stage().app.fail(at, '24681357924'.slice(0, Number(at.parameters.codeLength)))
  const resend: Step = (at) => stage().app.resend(at)
  // Half a second beside the full one, so that a few milliseconds more or less show nowhere.
  const later =
    (seconds: number, step: Step): Step =>
    (at) => {
      stage().clock.advance(seconds * 1000)
      return step(at)
    }
  return { shown, compare, wrong, resend, later }
}
