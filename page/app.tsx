// The app's side: a sign-in form made of the client and of the form that apps use.
import { useMemo, useState } from 'preact/hooks'
import { createClient } from '../app/index.ts'
import type { Client } from '../app/options.ts'
import { SignIn, useOtp } from './form.ts'
import { useLive } from './live.ts'
import { goTo } from './route.ts'
import { setClient } from './sign-in.ts'

export function App() {
  const { stage, region } = useLive()
  const [signsUp, setSignsUp] = useState(true)
  const clientId = stage.WHATSAPP_OTP_LOGIN_CLIENT_ID
  const signUpClientId = stage.WHATSAPP_OTP_SIGNUP_CLIENT_ID
  // A browser keeps no secret: only a server can sign in then.
  const hasSecret = stage.CLIENT_SECRET === 'true'
  const sms = stage.SMS_FALLBACK === 'true'
  const client = useMemo(() => {
    if (!clientId || hasSecret) return undefined
    const made = createClient({
      ...{ region, clientId, endpoint: location.origin, sms },
      signUpClientId: signsUp ? signUpClientId : undefined,
    })
    setClient(made)
    return made
  }, [region, clientId, signUpClientId, signsUp, hasSecret, sms])
  return (
    <section class="app" aria-label="App">
      <h2>App</h2>
      {client ? (
        <SignedOrNot client={client} />
      ) : (
        <p class="empty">
          {hasSecret
            ? 'The app clients have a secret: sign in through your server.'
            : 'No stage is here: deploy one, or start dev without --empty.'}
        </p>
      )}
      {client && signUpClientId && (
        <label class="check">
          <input type="checkbox" checked={signsUp} onChange={() => setSignsUp(!signsUp)} /> sign up who has no
          account
        </label>
      )}
      {client && <Numbers client={client} />}
    </section>
  )
}

function SignedOrNot({ client }: { client: Client }) {
  const { step, user } = useOtp(client)
  if (step !== 'signedIn') return <SignIn client={client} className="otp" />
  return (
    <div class="signed-in">
      <p role="status">
        <b>{user?.phone}</b> is signed in{user?.isVerified ? '' : ', unproven'}.
      </p>
      <button type="button" onClick={() => void client.signOut()}>
        Sign out
      </button>
      <button type="button" onClick={() => void client.signOut({ everywhere: true })}>
        Everywhere
      </button>
      <button type="button" onClick={() => void client.tokens({ refresh: true }).catch(() => undefined)}>
        Refresh
      </button>
      <details>
        <summary>What the id token says</summary>
        <dl>
          {Object.entries(user?.claims ?? {}).map(([name, value]) => (
            <Row key={name} name={name} value={String(value)} />
          ))}
        </dl>
      </details>
    </div>
  )
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

/** One click each, since nobody knows them by heart. */
function Numbers({ client }: { client: Client }) {
  const { numbers } = useLive()
  const start = async (number: string) => {
    if (client.state.step === 'signedIn') await client.signOut()
    await client.reset()
    goTo('app')
    await client.start(number)
  }
  return (
    <details class="numbers">
      <summary>Numbers that fail</summary>
      <ul>
        {numbers.map(({ number, says }) => (
          <li key={number}>
            <button type="button" onClick={() => void start(number)}>
              <span>{says}</span>
              <code>{number}</code>
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}
