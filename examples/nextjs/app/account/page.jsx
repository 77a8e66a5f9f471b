// For users alone: drawn by the server, which knows them by their cookies.
import { redirect } from 'next/navigation'
import { session } from '../../otp.js'
import { Account } from './account.jsx'

export default async function Page() {
  const { user } = await session()
  if (!user) redirect('/')
  return (
    <>
      <h1>Hello</h1>
      <p>
        You are {user.phone}
        {user.isVerified ? ', proven' : ''}.
      </p>
      <Account phone={user.phone} />
    </>
  )
}
