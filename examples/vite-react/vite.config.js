// `whatsapp-otp dev --exec vite` sets these for the sandbox; for AWS take them from `whatsapp-otp outputs`.
const { AWS_ENDPOINT_URL, AWS_REGION, WHATSAPP_OTP_LOGIN_CLIENT_ID, WHATSAPP_OTP_SIGNUP_CLIENT_ID } =
  process.env

export default {
  define: {
    'import.meta.env.OTP': JSON.stringify({
      region: AWS_REGION ?? 'eu-central-1',
      endpoint: AWS_ENDPOINT_URL,
      clientId: WHATSAPP_OTP_LOGIN_CLIENT_ID,
      signUpClientId: WHATSAPP_OTP_SIGNUP_CLIENT_ID,
    }),
  },
}
