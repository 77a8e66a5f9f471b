'use client'
import { useRouter } from 'next/navigation'
import { SignIn } from 'whatsapp-otp/react'
import { client } from '../client.js'

export function Form() {
  const router = useRouter()
  return <SignIn client={client} className="otp" onSignedIn={() => router.replace('/account')} />
}
