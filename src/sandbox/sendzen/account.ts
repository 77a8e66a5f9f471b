// The SendZen account of the sandbox: one project, its key, its senders, and its first templates.

export type TemplateStatus = 'APPROVED' | 'PENDING' | 'REJECTED' | 'PAUSED' | 'DISABLED'

export interface Template {
  id: string
  name: string
  language: string
  status: TemplateStatus
  category: 'AUTHENTICATION' | 'UTILITY' | 'MARKETING'
  components: Record<string, unknown>[]
  parameter_format: 'POSITIONAL'
  message_send_ttl_seconds: number
}

/** The names that a stage needs to know. The second sender exists, but is not connected. */
export const account = {
  apiKey: 'sz_sandbox_00000000-0000-4000-8000-000000000001',
  projectId: '00000000-0000-4000-8000-000000000002',
  wabaId: '100000000000001',
  senders: [
    { phone: '15550100900', phoneNumberId: '200000000000001', status: 'CONNECTED' },
    { phone: '15550100901', phoneNumberId: '200000000000002', status: 'PENDING' },
  ],
  template: 'otp_login',
} as const

/** The answer of `GET /v1/waba`. */
export const projects = () => ({
  message: 'WABA details retrieved successfully',
  data: {
    projects: [
      {
        id: account.projectId,
        project_name: 'Sandbox',
        client_identifier: 'sandbox',
        wabas: account.senders.map((sender, at) => ({
          id: `00000000-0000-4000-8000-00000000001${at}`,
          waba_id: account.wabaId,
          waba_business_name: 'Sandbox Ltd',
          phone_number_id: sender.phoneNumberId,
          phone_number: sender.phone,
          number_status: sender.status,
          setup_mode: 'LIVE',
          mm_lite_api_status: 'INELIGIBLE',
          phone_number_type: 'CLOUD_API',
          waba_onboard_stage: 'COMPLETED',
        })),
      },
    ],
  },
})

/** The components of an authentication template as Meta reads them back: the OTP button is a URL button. */
export function otpComponents(expiryMinutes: number | undefined, buttonText = 'Copy code') {
  return [
    { type: 'BODY', text: '*{{1}}* is your verification code.', add_security_recommendation: true },
    ...(expiryMinutes ? [{ type: 'FOOTER', code_expiration_minutes: expiryMinutes }] : []),
    {
      type: 'BUTTONS',
      buttons: [
        {
          type: 'URL',
          text: buttonText,
          url: 'https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}',
          example: ['https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456'],
        },
      ],
    },
  ]
}

/** Templates of every kind that a setup may come across. */
export function firstTemplates(): Template[] {
  const make = (
    name: string,
    language: string,
    status: Template['status'],
    category: Template['category'],
    components: Template['components'],
  ) => ({ name, language, status, category, components })
  const text = (words: string) => [{ type: 'BODY', text: words }]
  const otp = otpComponents(5)
  return [
    ...['en', 'en_US', 'es', 'pt_BR'].map((l) =>
      make(account.template, l, 'APPROVED', 'AUTHENTICATION', otp),
    ),
    make('otp_pending', 'en_US', 'PENDING', 'AUTHENTICATION', otp),
    make('otp_rejected', 'en_US', 'REJECTED', 'AUTHENTICATION', otp),
    make('otp_no_button', 'en_US', 'APPROVED', 'UTILITY', text('Your code is {{1}}.')),
    make('spring_sale', 'en_US', 'APPROVED', 'MARKETING', text('Hello {{1}}, everything must go.')),
  ].map((template, at) => ({
    id: String(300000000000001 + at),
    ...template,
    parameter_format: 'POSITIONAL',
    message_send_ttl_seconds: 300,
  }))
}
