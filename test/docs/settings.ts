// docs/settings.md, made of the table of settings.
import { type SettingKey, schema, settingKeys, textOf } from '../../src/settings/schema.ts'
import { plain, row } from './table.ts'

/** Under which heading a setting stands. */
const groups: Record<string, SettingKey[]> = {
  'Who sends': [
    'sendzenApiKey',
    'sendzenApiUrl',
    'whatsappFrom',
    'whatsappTemplateName',
    'whatsappLanguages',
    'allowedCountries',
  ],
  Codes: ['otpLength', 'otpExpiryMinutes', 'maxLoginAttempts', 'resendCooldownSeconds', 'lockAfterFailures'],
  'Limits of a number': ['maxSendsPerHour', 'maxSendsPerDay', 'maxChecksPerHour', 'maxChecksPerDay'],
  'Limits of the stage': [
    'poolSendsPerHour',
    'poolSendsPerDay',
    'blockSendsPerHour',
    'blockSendsPerDay',
    'poolSignupsPerHour',
    'poolSignupsPerDay',
  ],
  'Delivery and SMS': [
    'deliveryWebhook',
    'smsFallback',
    'maxSmsPerDay',
    'poolSmsPerHour',
    'poolSmsPerDay',
    'smsSenderId',
    'smsOriginationNumber',
    'smsIndiaEntityId',
    'smsIndiaTemplateId',
    'smsIndiaText',
  ],
  'User pool and clients': [
    'userPoolId',
    'signUp',
    'trustUnverifiedNumbers',
    'signupAttributes',
    'clientSecret',
    'userPoolTier',
    'deletionProtection',
  ],
  'Logs, alarms, permissions': [
    'logLevel',
    'logRetentionDays',
    'alarms',
    'alarmEmail',
    'alarmTopicArn',
    'permissionsBoundary',
  ],
}

/** What a page has room for and the help has not. */
const notes: Partial<Record<SettingKey, string>> = {
  sendzenApiKey: 'From the environment, `.env` or the wizard; kept by the stage afterwards',
  allowedCountries: 'Other numbers cannot sign up and get no message',
  otpLength: 'Under attack the codes of a number grow by up to 4',
  maxSendsPerHour: 'In any 60 minutes',
  maxSendsPerDay: 'In any 24 hours',
  maxChecksPerHour: 'Right or wrong ones',
  poolSendsPerDay: 'The cap on what an attack can cost in messages',
  poolSignupsPerDay:
    'By UTC. Cognito bills each as an active user. Numbers that their users have proven do not count, and are left to Cognito when the caps are reached',
  signupAttributes: 'Standard attributes; trust none of them',
  lockAfterFailures: 'Above 0 a stranger can lock a number',
  smsFallback: '[Delivery](delivery.md#sms)',
  deliveryWebhook: '[Delivery](delivery.md#delivery-reports)',
  maxSmsPerDay: 'In any 24 hours: so many to strangers, as many to known devices',
  poolSmsPerDay: 'They count among the stage’s messages, too',
  smsSenderId: 'A deploy names the countries among `ALLOWED_COUNTRIES` that want it registered',
  userPoolId: '[Existing pools](existing-pool.md)',
  userPoolTier: 'Lowered only by a run that is given it: a tier that somebody has raised stays',
  logLevel: 'What counts as a metric is logged at every level',
  alarms: '[Alarms](alarms.md)',
  alarmTopicArn: 'In the stage’s region; it is never changed',
  permissionsBoundary: 'It takes none away. [Permissions](permissions.md#a-boundary)',
}

const started = (text: string) => text.replace(/^./, (first) => first.toUpperCase())

function defaultOf(key: SettingKey): string {
  const setting = schema[key]
  if ('secret' in setting) return 'required, secret'
  if ('default' in setting && setting.default !== undefined) return `\`${textOf(setting.default as never)}\``
  return key === 'deletionProtection' || key === 'signUp' ? '' : 'required'
}

function settingRow(key: SettingKey): string {
  const setting = schema[key]
  const flag = 'flag' in setting ? `\`${setting.flag.split(' ')[0]}\`` : ''
  const note = notes[key]
  return row([
    `\`${setting.env}\``,
    flag,
    `\`${key}\``,
    defaultOf(key),
    `${plain(started(setting.help))}${note ? `. ${note}` : ''}`,
  ])
}

/** A setting that nobody has put under a heading stands under the last. */
export function settingsPage(): string {
  const listed = Object.values(groups).flat()
  const others = settingKeys.filter((key) => !listed.includes(key))
  const all = { ...groups, ...(others.length > 0 ? { Others: others } : {}) }
  const sections = Object.entries(all).map(
    ([heading, keys]) => `## ${heading}\n\n${head}\n${keys.map(settingRow).join('\n')}\n`,
  )
  return `${intro}\n${sections.join('\n')}\n${places}`
}

const head = '| Variable | Flag | In the file | Default | |\n|---|---|---|---|---|'

const intro = `# Settings

A flag beats the environment, which beats \`.env\`, which beats \`whatsapp-otp.json\`, which beats what the stage was deployed with, which beats the default. Changing one changes the deployed stage at the next \`deploy\`. \`whatsapp-otp settings\` shows each in force with where it comes from, and what the functions run with where a deploy would change it; of secrets only whether they are set.

\`whatsapp-otp.json\` holds them by the names of the third column, with \`region\`, \`profile\` and a pinned \`account\`, at the top or below \`stages.<name>\`; never a secret:

\`\`\`json
{
  "region": "eu-central-1",
  "whatsappTemplateName": "otp_login",
  "allowedCountries": ["DE", "AT", "CH"],
  "stages": { "prod": { "account": "123456789012", "whatsappFrom": "4930123456", "alarms": true } }
}
\`\`\`
`

const places = `## Where, and how AWS is reached

| Variable | Flag | Default | |
|---|---|---|---|
| \`WHATSAPP_OTP_STAGE\` | \`--stage\` | \`dev\` | Lower-case letters, digits, hyphens; at most 16 |
| \`AWS_REGION\`, \`AWS_PROFILE\` | \`--region\`, \`--profile\` | | As for every AWS tool; a profile goes before keys of the environment |
| \`AWS_ENDPOINT_URL\`, \`AWS_ENDPOINT_URL_<SERVICE>\` | | | As for the AWS CLI, \`endpoint_url\` and \`services\` of a profile too; \`AWS_IGNORE_CONFIGURED_ENDPOINT_URLS\` undoes them. What is not AWS’s own is shown before the first call |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\` | | | Calls to AWS and SendZen; from the environment only, never to this computer itself |
| \`AWS_CA_BUNDLE\` | | | Certificates to trust for AWS, from the environment only, or \`ca_bundle\` of the profile; for SendZen Node’s \`NODE_EXTRA_CA_CERTS\` |
| \`AWS_MAX_ATTEMPTS\`, \`AWS_RETRY_MODE\` | | 6, \`standard\` | Tries of one call |

An address (\`AWS_ENDPOINT_URL…\`, \`SENDZEN_API_URL\`, the one of a profile) that only \`.env\` or \`whatsapp-otp.json\` names gets nothing, unless it is this computer’s, until you agree to exactly that one: a question on a terminal, \`--trust <address>\` elsewhere.
`
