// An app that signs its users in by WhatsApp: all that it takes.
import { createRoot } from 'react-dom/client'
import { createClient } from 'whatsapp-otp/client'
import { US } from 'whatsapp-otp/client/countries'
import { en } from 'whatsapp-otp/client/texts'
import { SignIn, useOtp } from 'whatsapp-otp/react'
import { ChangeNumber } from './change-number.jsx'

// In localStorage a user stays signed in, in every tab; without `stores` the tokens end with the tab.
const client = createClient({
  ...import.meta.env.OTP,
  country: US,
  texts: en,
  stores: { tokens: localStorage },
})

function App() {
  const { step, user } = useOtp(client)
  if (step === 'restoring') return null
  if (!user) {
    return (
      <>
        <h1>Sign in</h1>
        <SignIn client={client} className="otp" />
      </>
    )
  }
  return (
    <>
      <h1>Hello</h1>
      <p>
        You are {user.phone}
        {user.isVerified ? ', proven' : ''}.
      </p>
      <ChangeNumber client={client} phone={user.phone} />
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

createRoot(document.getElementById('app')).render(<App />)
