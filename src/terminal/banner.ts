// The line that says whose account a command is about to touch.
import { type Foreign, isEmulator } from '../aws/endpoints.ts'

export interface Whereabouts {
  account: string
  region: string
  /** Absent where a command looks at all of them. */
  stage?: string | undefined
  who: string
  /** Those that are not AWS's own. */
  addresses?: Foreign[] | undefined
}

/** `account 123456789012 · eu-central-1 · stage dev · user/ana`, and every address that is not AWS's. */
export function bannerLine({ account, region, stage, who, addresses = [] }: Whereabouts): string {
  const places = addresses.map((foreign) => {
    const { url, services = ['AWS'] } = foreign
    return `${isEmulator(foreign) ? 'emulator' : services.join(', ')} at ${url}`
  })
  return [`account ${account}`, region, ...(stage ? [`stage ${stage}`] : []), who, ...places].join(' · ')
}
