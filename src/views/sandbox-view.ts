// A running sandbox as lines: where it is, what is in it, and the variables that point an app at it.

export interface RunningSandbox {
  endpoint: string
  account: string
  region: string
}

/** `talk` for people; `data` to be pasted into a shell. */
export function sandboxLines(
  { endpoint, account, region }: RunningSandbox,
  env: Record<string, string>,
): { talk: string[]; data: string[] } {
  const all = Object.entries(env)
  const ids = all.filter(([name]) => /^WHATSAPP_OTP_.*_ID$/.test(name))
  // An empty sandbox is there to be deployed to, which needs its SendZen too.
  const told = ids.length > 0 ? /^(AWS_|WHATSAPP_OTP_)/ : /./
  return {
    talk: [
      '',
      `  Sandbox  ${endpoint}   account ${account}, ${region}`,
      `  Inbox    ${endpoint}/`,
      ...ids.map(([name, value]) => `  ${name}=${value}`),
      '',
      '  Point an app or a shell at it:',
    ],
    data: all.filter(([name]) => told.test(name)).map(([name, value]) => `export ${name}=${value}`),
  }
}
