// The way in.
import { redirect } from 'next/navigation'
import { session } from '../otp.js'
import { Form } from './form.jsx'

export default async function Page() {
  const { user } = await session()
  if (user) redirect('/account')
  return (
    <>
      <h1>Sign in</h1>
      <Form />
    </>
  )
}
