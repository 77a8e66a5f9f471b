// What a flow shows of Cognito's calls: names, answers and challenge parameters, and none of their secrets.

type Input = Record<string, unknown>

const object = (value: unknown): Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Input) : {}

/** At most so many characters of what comes from outside. */
const most = 200

function texts(values: Input, hidden: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(values).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  )
  return Object.fromEntries(kept.map(([name, value]) => [name, hidden[name] ?? String(value).slice(0, most)]))
}

/** The calls of a sign-in. */
export const signInCalls: readonly string[] = ['SignUp', 'InitiateAuth', 'RespondToAuthChallenge']

/** What the app signs in with, where a call says so. */
export function nameIn(operation: string, input: Input): string | undefined {
  const name = operation === 'SignUp' ? input.Username : object(input.AuthParameters).USERNAME
  return typeof name === 'string' ? name.slice(0, most) : undefined
}

export const sessionIn = (value: Input): string | undefined =>
  typeof value.Session === 'string' ? value.Session : undefined

/** A number that a call names besides, to which a code will go. */
export function newNumberIn(input: Input): string | undefined {
  const { action, phoneNumber } = object(input.ClientMetadata)
  return action === 'change_number' && typeof phoneNumber === 'string' ? phoneNumber : undefined
}

export function aboutCall(input: Input): Record<string, string> {
  const { ANSWER: answer } = object(input.ChallengeResponses)
  return {
    ...texts({ flow: input.AuthFlow, answer }),
    ...texts(object(input.ClientMetadata), { device: 'given' }),
  }
}

export function aboutAnswer(output: Input): Record<string, string> {
  const { AuthenticationResult: result, ChallengeParameters: parameters, UserConfirmed: confirmed } = output
  if (result)
    return {
      tokens: Object.keys(object(result))
        .filter((name) => name.endsWith('Token'))
        .join(', '),
    }
  return texts({ ...object(parameters), ...(confirmed === undefined ? {} : { confirmed }) })
}
