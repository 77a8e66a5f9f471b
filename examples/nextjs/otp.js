// The server's side: users' tokens are in cookies that no script reads, and the ids never reach a page.
import 'server-only'
import { headers } from 'next/headers'
import { US } from 'whatsapp-otp/client/countries'
import { en } from 'whatsapp-otp/client/texts'
import { createOtpServer } from 'whatsapp-otp/server'

// `whatsapp-otp dev --exec` sets these for the sandbox; for AWS take them from `whatsapp-otp outputs --format next`.
const { env } = process

export const otp = createOtpServer({
  region: env.WHATSAPP_OTP_REGION ?? env.AWS_REGION,
  endpoint: env.WHATSAPP_OTP_ENDPOINT ?? env.AWS_ENDPOINT_URL,
  userPoolId: env.WHATSAPP_OTP_USER_POOL_ID,
  clientId: env.WHATSAPP_OTP_LOGIN_CLIENT_ID,
  signUpClientId: env.WHATSAPP_OTP_SIGNUP_CLIENT_ID,
  country: US,
  texts: en,
  // All visitors share one limit until you name them, by what your host vouches for:
  // visitor: (request) => request.headers.get('x-vercel-forwarded-for'),
})

/** Who is signed in, for a page that the server draws. */
export async function session() {
  const given = await headers()
  const address = `${given.get('x-forwarded-proto')}://${given.get('host')}`
  return otp.session(new Request(address, { headers: given }))
}
