// A user's new number: a code to the old one, then a code to the new one.
import { useState } from 'react'
import { useOtp } from 'whatsapp-otp/react'

export function ChangeNumber({ client, phone }) {
  const { next, challenge, text } = useOtp(client)
  const [wanted, setWanted] = useState('')
  const isBusy = next === 'wait'
  // The number is somebody else's, or has no WhatsApp.
  const isRefused = challenge?.isChange && ['taken', 'delivery_failed'].includes(challenge.status)
  const asksNumber = !challenge || isRefused

  function submit(event) {
    event.preventDefault()
    const { value } = event.target.elements.field
    if (!challenge) {
      setWanted(value)
      client.start(phone)
    } else if (isRefused) client.changeNumber(value)
    else if (challenge.isChange) client.answer(value)
    else client.changeNumber(wanted, value)
    event.target.reset()
  }

  const ofCode = challenge?.isChange ? 'Code for the new number' : 'Code for your number'
  return (
    <form className="otp" onSubmit={submit}>
      <label className="otp-label" htmlFor="field">
        {asksNumber ? 'Another number' : ofCode}
      </label>
      <input
        className="otp-field"
        id="field"
        name="field"
        dir="ltr"
        required
        readOnly={isBusy}
        aria-describedby="said"
        {...(asksNumber
          ? { type: 'tel', autoComplete: 'off' }
          : { inputMode: 'numeric', autoComplete: 'one-time-code' })}
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
