// `whatsapp-otp/react`: one hook and one unstyled form. No context, no JSX at run time, no style.
import {
  createElement as h,
  type InputHTMLAttributes,
  type ReactElement,
  type RefAttributes,
  useEffect,
  useId,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { codeIn } from './code.ts'
import { en } from './en.ts'
import type { Client } from './options.ts'
import type { State, Texts } from './state.ts'

/** Until the page has come alive: the server knows of nobody, and must not say that nobody is signed in. */
const restoring: State = { step: 'restoring', next: 'wait', text: '' }

/** Where the sign-in of this client stands; each change draws anew. */
export function useOtp(client: Client): State {
  return useSyncExternalStore(
    client.subscribe,
    () => client.state,
    () => restoring,
  )
}

const secondsTo = (at = 0) => Math.max(0, Math.ceil((at - Date.now()) / 1000))

/** Whole seconds until `at` (epoch milliseconds); 0 when it has come. Draws once a second until then. */
export function useCountdown(at: number | undefined): number {
  const [seconds, setSeconds] = useState(() => secondsTo(at))
  useEffect(() => {
    const draw = () => {
      const left = secondsTo(at)
      setSeconds(left)
      if (left === 0) clearInterval(timer)
    }
    const timer = setInterval(draw, 1000)
    draw()
    return () => clearInterval(timer)
  }, [at])
  return seconds
}

export interface SignInProps {
  client: Client
  /** The words of the form; English unless given. Sentences are those that the client was given. */
  texts?: Partial<Texts>
  /** What the first field takes; its label is `phone_label` of `texts`. A number unless told. */
  field?: 'phone' | 'name'
  /** On the form and, with `-` and their part behind it, on its elements; none unless given. */
  className?: string
  /** Once for each user who signs in. */
  onSignedIn?: (state: State) => void
}

/**
 * Asks for the number, then for the code: one field that a keyboard, a password manager or a pasted message fills, and
 * that sends itself when the code is whole. Draws nothing while it is not known whether somebody is signed in, and
 * nothing once somebody is.
 */
export function SignIn({
  client,
  texts,
  field: takes,
  className,
  onSignedIn,
}: SignInProps): ReactElement | null {
  const state = useOtp(client)
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const told = useRef<string>(undefined)
  const { step, challenge, says, user, error } = state
  const resendIn = useCountdown(challenge?.resendAt)
  const smsIn = useCountdown(challenge?.smsAt)

  useEffect(() => {
    const who = step === 'signedIn' ? user?.id : undefined
    if (who && told.current !== who) onSignedIn?.(state)
    told.current = who
  })

  if (step === 'restoring' || step === 'signedIn') return null

  const words: Texts = { ...en, ...texts }
  const isBusy = step === 'sending' || step === 'verifying'
  const isError = error !== undefined || ['wrong', 'expired', 'exhausted'].includes(says ?? '')
  const message = says ? (texts?.[says] ?? (state.text || words[says])) : ''
  const part = (name: string) => (className ? { className: `${className}-${name}` } : {})
  const send = (typed: string) => void (challenge ? client.answer(typed) : client.start(typed))

  const button = (name: string, text: string, onClick: () => unknown, seconds = 0) =>
    h(
      'button',
      {
        key: name,
        type: 'button',
        disabled: isBusy || seconds > 0,
        onClick: () => void onClick(),
        ...part(name),
      },
      seconds > 0 ? `${text} (${words.wait.replace('{seconds}', String(seconds))})` : text,
    )

  const input: InputHTMLAttributes<HTMLInputElement> & RefAttributes<HTMLInputElement> = {
    ref: field,
    id: `${id}-field`,
    // Digits run from left to right in every language.
    dir: 'ltr',
    readOnly: isBusy,
    'aria-invalid': isError,
    'aria-describedby': `${id}-message`,
    ...part('field'),
    ...(challenge
      ? // No maxLength: a whole message may be pasted.
        { name: 'code', type: 'text', inputMode: 'numeric', autoComplete: 'one-time-code', autoFocus: true }
      : takes === 'name'
        ? { name: 'username', type: 'text', autoComplete: 'username', autoCapitalize: 'none' }
        : { name: 'phone', type: 'tel', autoComplete: 'tel' }),
    onChange({ target: { value } }) {
      if (challenge && !isBusy && codeIn(value, challenge.codeLength)) send(value)
    },
  }

  return h(
    'form',
    {
      noValidate: true,
      'aria-busy': isBusy,
      ...(className ? { className } : {}),
      onSubmit(event) {
        event.preventDefault()
        if (!isBusy) send(field.current?.value ?? '')
      },
    },
    h(
      'label',
      { htmlFor: `${id}-field`, ...part('label') },
      challenge ? words.code_label : words.phone_label,
    ),
    // Another question has an empty field of its own.
    h('input', { ...input, key: challenge ? `${challenge.codeLength}.${challenge.attemptsLeft}` : 'phone' }),
    h('p', { id: `${id}-message`, role: isError ? 'alert' : 'status', ...part('message') }, message),
    h(
      'button',
      { type: 'submit', disabled: isBusy, ...part('submit') },
      challenge ? words.code_button : words.phone_button,
    ),
    challenge && [
      button('resend', words.resend_button, () => client.resend(), resendIn),
      challenge.smsAt !== undefined &&
        button('sms', words.sms_button, () => client.resend('sms'), Math.max(smsIn, resendIn)),
      button('other', words.other_button, () => client.reset()),
    ],
  )
}
