// The form of `whatsapp-otp/react`. This page is drawn by Preact, a tenth of React's size, which takes what is made for it.
import type { FunctionComponent } from 'preact'
import { SignIn as form, type SignInProps } from '../app/react.ts'

export { useOtp } from '../app/react.ts'
export const SignIn = form as unknown as FunctionComponent<SignInProps>
