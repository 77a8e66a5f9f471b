// The line that says whose account a command is about to touch.

export interface Whereabouts {
  account: string
  region: string
  /** Absent where a command looks at all of them. */
  stage?: string | undefined
  who: string
  /** An emulator's address, when one is set. */
  endpoint?: string | undefined
}

/** `account 123456789012 · eu-central-1 · stage dev · user/ana`, and the emulator where there is one. */
export function bannerLine({ account, region, stage, who, endpoint }: Whereabouts): string {
  const parts = [`account ${account}`, region, ...(stage ? [`stage ${stage}`] : []), who]
  if (endpoint) parts.push(`emulator at ${endpoint}`)
  return parts.join(' · ')
}
