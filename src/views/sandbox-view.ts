// A running sandbox as lines: where it is, what is in it, and the variables that point an app at it.

import type { ShellLines } from './shell-lines.ts'

export interface RunningSandbox {
  endpoint: string
  account: string
  region: string
}

/** `talk` for people; `data` to be pasted into a shell, where variables that are `inTheWay` have to go. */
export function sandboxLines(
  { endpoint, account, region }: RunningSandbox,
  env: Record<string, string>,
  inTheWay: readonly string[],
  shell: ShellLines,
): { talk: string[]; data: string[] } {
  const all = Object.entries(env)
  const ids = all.filter(([name]) => /^WHATSAPP_OTP_.*_ID$/.test(name))
  return {
    talk: [
      '',
      `  Sandbox  ${endpoint}   account ${account}, ${region}`,
      `  Page     ${endpoint}/`,
      ...ids.map(([name, value]) => `  ${name}=${value}`),
      '',
      '  Point an app or a shell at it:',
    ],
    data: [
      ...(inTheWay.length > 0 ? [shell.unset(inTheWay)] : []),
      ...all.map(([name, value]) => shell.set(name, value)),
    ],
  }
}
