// What an app needs to know of a stage, and the forms in which frameworks read it. Ids only, nothing secret.
import { partitionOf } from '../aws/endpoints.ts'
import type { StageIds } from '../engine/resource.ts'
import type { Place } from '../names.ts'

export interface Outputs {
  stage: string
  region: string
  account: string
  userPoolId: string
  /** Empty where the stage takes no sign-ups. */
  signupClientId: string
  loginClientId: string
  /** The `iss` of the tokens; absent while there is no pool. */
  issuer?: string
  /** The public keys that verify the tokens; absent while there is no pool. */
  jwksUri?: string
  /** Only where an emulator stands in for AWS. */
  endpoint?: string
}

export const formats = ['env', 'json', 'amplify', 'next', 'vite'] as const
export type Format = (typeof formats)[number]

/** Ids that do not exist yet (a plan, a half-made stage) are empty. */
export function outputsOf(place: Place, ids: StageIds, endpoint?: string): Outputs {
  const { stage, region, account } = place
  const { userPoolId = '', signupClientId = '', loginClientId = '' } = ids
  const host = `https://cognito-idp.${region}.${partitionOf(region).domain}`
  // An emulator signs in AWS's name, but only it has the keys.
  const keys = `${endpoint?.replace(/\/$/, '') ?? host}/${userPoolId}/.well-known/jwks.json`
  return {
    ...{ stage, region, account, userPoolId, signupClientId, loginClientId },
    ...(userPoolId ? { issuer: `${host}/${userPoolId}`, jwksUri: keys } : {}),
    ...(endpoint ? { endpoint } : {}),
  }
}

/** The outputs as text, without a line break at the end. */
export function formatOutputs(format: Format, outputs: Outputs): string {
  switch (format) {
    case 'env':
      return variables('', outputs)
    // A server reads those without the prefix, and no page can; a page checks no tokens.
    case 'next':
      return [
        variables('', outputs),
        variables('NEXT_PUBLIC_', { ...outputs, issuer: '', jwksUri: '' }),
      ].join('\n')
    case 'vite':
      return variables('VITE_', outputs)
    case 'json':
      return JSON.stringify(outputs, null, 2)
    case 'amplify':
      return JSON.stringify(amplify(outputs), null, 2)
  }
}

const isSignInOnly = ({ signupClientId, loginClientId }: Outputs) => !signupClientId && loginClientId !== ''

/** Only what carries the framework's prefix reaches the browser. */
function variables(prefix: string, outputs: Outputs): string {
  const values = {
    WHATSAPP_OTP_REGION: outputs.region,
    WHATSAPP_OTP_USER_POOL_ID: outputs.userPoolId,
    // A stage that signs in only has none.
    ...(isSignInOnly(outputs) ? {} : { WHATSAPP_OTP_SIGNUP_CLIENT_ID: outputs.signupClientId }),
    WHATSAPP_OTP_LOGIN_CLIENT_ID: outputs.loginClientId,
    ...(outputs.issuer ? { WHATSAPP_OTP_ISSUER: outputs.issuer } : {}),
    ...(outputs.jwksUri ? { WHATSAPP_OTP_JWKS_URI: outputs.jwksUri } : {}),
    ...(outputs.endpoint ? { WHATSAPP_OTP_ENDPOINT: outputs.endpoint } : {}),
  }
  return Object.entries(values)
    .map(([name, value]) => `${prefix}${name}=${value}`)
    .join('\n')
}

/**
 * For `Amplify.configure` of Amplify JS v6, which knows one client: the one that signs up and signs in.
 * Sign in with `authFlowType: 'CUSTOM_WITHOUT_SRP'`. Empty while there is no pool: Amplify says by itself then that
 * it is not configured, where empty ids would fail at the first sign-in.
 */
function amplify({ userPoolId, signupClientId, loginClientId, issuer, jwksUri, endpoint }: Outputs): object {
  if (!userPoolId) return {}
  return {
    Auth: {
      Cognito: {
        userPoolId,
        userPoolClientId: signupClientId || loginClientId,
        loginWith: { phone: true },
        ...(endpoint ? { userPoolEndpoint: endpoint } : {}),
      },
    },
    // Amplify reads none of it; the backend does.
    custom: { issuer, jwksUri },
  }
}

/** A few lines for people. */
export function summary(place: Place, ids: StageIds, endpoint?: string): string {
  const outputs = outputsOf(place, ids, endpoint)
  const { userPoolId, signupClientId, loginClientId, issuer } = outputs
  return [
    `User pool      ${userPoolId}`,
    ...(isSignInOnly(outputs) ? [] : [`Signup client  ${signupClientId}`]),
    `Login client   ${loginClientId}`,
    ...(issuer ? [`Issuer         ${issuer}`] : []),
  ].join('\n')
}
