'use client'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { useOtp } from 'whatsapp-otp/react'
import { client } from '../../client.js'
import { ChangeNumber } from './change-number.jsx'

/** `phone`: as the server has drawn it. */
export function Account({ phone }) {
  const router = useRouter()
  const { step, user } = useOtp(client)

  // Signed out, here or in another tab, or under another number: the server draws anew.
  const isGone = step === 'idle'
  const isOther = user !== undefined && user.phone !== phone
  useEffect(() => {
    if (isGone) router.replace('/')
    else if (isOther) router.refresh()
  }, [router, isGone, isOther])

  return (
    <>
      <ChangeNumber client={client} phone={phone} />
      <p>
        <button type="button" onClick={() => client.signOut()}>
          Sign out
        </button>{' '}
        <button type="button" onClick={() => client.signOut({ everywhere: true })}>
          Sign out everywhere
        </button>
      </p>
    </>
  )
}
