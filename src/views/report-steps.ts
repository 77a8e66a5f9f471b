// What has to be done by hand at the provider, so that delivery reports arrive.
import type { ProviderDescription } from '../core/messaging/provider.ts'

export interface ReportSteps {
  provider: Pick<ProviderDescription, 'title' | 'dashboard'>
  stage: string
  url: string
  /** Shown only where a person has asked for it on a terminal. */
  secret?: string
}

/** Lines for people; the address and the secret each stand alone, to be copied. */
export function reportSteps({ provider, stage, url, secret }: ReportSteps): string[] {
  const { title, dashboard } = provider
  return [
    `Delivery reports: ${title} has to be told where they go`,
    `  1. at ${dashboard}, in the project of the key, add a webhook with this URL:`,
    `     ${url}`,
    ...(secret
      ? ['  2. its secret key, shown this once:', `     ${secret}`]
      : [`  2. its secret key comes from: whatsapp-otp rotate-key --webhook --stage ${stage}`]),
    '  3. its event: message status, and nothing else',
  ]
}
