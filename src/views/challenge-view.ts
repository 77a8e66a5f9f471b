// What a challenge says, in words for the person at the terminal.

const meanings: Record<string, string> = {
  sent: 'The stage says that a message is on its way.',
  wrong: 'That was not the code.',
  cooldown: 'No new message yet: a code was asked for a moment ago.',
  rate_limited: 'Too many codes or answers for this number; try again later.',
  delivery_failed: 'WhatsApp did not take the message.',
  expired: 'The code has expired; ask for a new one.',
  exhausted: 'No tries are left for this code; ask for a new one.',
  unavailable: 'The service cannot check codes right now.',
}

/** What to do where the tokens of a sign-in do not say that it has proven the number; nothing where they do. */
export function proofLines({
  provenIn,
}: {
  provenIn: 'first-tokens' | 'refreshed-tokens' | 'no-tokens' | 'table'
}): string[] {
  if (provenIn === 'first-tokens' || provenIn === 'table') return []
  const start = 'The number is proven, but the tokens of this sign-in do not say so yet.'
  return provenIn === 'refreshed-tokens'
    ? [start, 'After one refresh they do: let your app refresh once where the two claims are missing.']
    : [start, 'Nor do they after a refresh: let your backend ask GetUser with the access token instead.']
}

/** What the tokens say of the number. */
export function claimsLine({
  provenIn,
  phoneNumberVerified,
  whatsappVerified,
}: {
  provenIn: string
  phoneNumberVerified: boolean
  whatsappVerified: boolean
}): string {
  const ofCognito = `phone_number_verified ${phoneNumberVerified}`
  if (provenIn === 'table') return `${ofCognito}, proven by a code (the stage’s table remembers it)`
  return `${ofCognito}, custom:whatsapp_verified ${whatsappVerified}`
}

export function challengeLine({ status = 'sent', attemptsLeft }: Record<string, string>): string {
  const left = Number(attemptsLeft)
  const tries = attemptsLeft ? ` ${left === 1 ? '1 try is' : `${left} tries are`} left.` : ''
  return `${meanings[status] ?? status}${tries}`
}

export function codeQuestion({ resendIn }: Record<string, string>): string {
  return `Code (or r to have it sent again${Number(resendIn) > 0 ? ` in ${resendIn} s` : ''})`
}
