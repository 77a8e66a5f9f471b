// A user's new number: a code to the old one, then a code to the new one.
import { useState } from 'react'
import { useOtp } from 'whatsapp-otp/react'

export function ChangeNumber({ client }) {
  const { step, challenge, user, text } = useOtp(client)
  const [next, setNext] = useState('')
  const isBusy = step === 'sending' || step === 'verifying'

  function submit(event) {
    event.preventDefault()
    const { value } = event.target.elements.field
    if (!challenge) {
      setNext(value)
      client.start(user.phone)
    } else if (challenge.isChange) client.answer(value)
    else client.changeNumber(next, value)
    event.target.reset()
  }

  const label = challenge
    ? challenge.isChange
      ? 'Code for the new number'
      : 'Code for your number'
    : 'Another number'
  return (
    <form className="otp" onSubmit={submit}>
      <label className="otp-label" htmlFor="field">
        {label}
      </label>
      <input
        className="otp-field"
        id="field"
        name="field"
        dir="ltr"
        readOnly={isBusy}
        aria-describedby="said"
        {...(challenge
          ? { inputMode: 'numeric', autoComplete: 'one-time-code' }
          : { type: 'tel', autoComplete: 'off' })}
      />
      <p className="otp-message" id="said" role="status">
        {text}
      </p>
      <button type="submit" disabled={isBusy}>
        {challenge ? 'Go on' : 'Change number'}
      </button>
      {challenge && (
        <button type="button" disabled={isBusy} onClick={() => client.reset()}>
          Keep the old one
        </button>
      )}
    </form>
  )
}
