// What the functions are told in tests that load them as they are deployed.
import { numbers } from '../../src/core/environment.ts'

export const functionValues: Record<string, string> = {
  STAGE: 'dev',
  LOG_LEVEL: 'info',
  TABLE_NAME: 'guard',
  MASTER_KEY_PARAMETER: '/master-key',
  PROVIDER_KEY_PARAMETER: '/provider-key',
  FINDINGS_PARAMETER: '/findings',
  BRAKE_PARAMETER: '/brake',
  SIGNUP_CLIENT_ID: 'client-signup',
  LOGIN_CLIENT_ID: 'client-login',
  WHATSAPP_FROM: '15550009999',
  WHATSAPP_TEMPLATE_NAME: 'otp',
  WHATSAPP_LANG_CODE: 'en_US',
  ALLOWED_COUNTRIES: 'US',
  SMS_FALLBACK: 'false',
  SMS_SENDER_ID: 'none',
  SMS_ORIGINATION_NUMBER: 'none',
  SMS_INDIA_ENTITY_ID: 'none',
  SMS_INDIA_TEMPLATE_ID: 'none',
  SMS_INDIA_TEXT: 'none',
  DELIVERY_WEBHOOK: 'false',
  FALLBACK_QUEUE_URL: 'none',
  WEBHOOK_SECRET_PARAMETER: 'webhook-secret',
  SIGNUP_ATTRIBUTES: 'none',
  ...Object.fromEntries(Object.entries(numbers).map(([name, { default: value }]) => [name, String(value)])),
}
