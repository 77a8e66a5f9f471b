// The phones: every message on its way, text messages, and what was refused.
import { useEffect, useState } from 'preact/hooks'
import type { SendAttempt } from '../src/sandbox/sendzen/control.ts'
import type { Message } from '../src/sandbox/sendzen/inbox.ts'
import type { TextMessage } from '../src/sandbox/sns/text-message.ts'
import { markRead } from './api.ts'
import { change, useLive } from './live.ts'
import { goTo, hrefTo } from './route.ts'
import { enter, waitsFor } from './sign-in.ts'

const ticks: Record<Message['status'], string> = {
  queued: '◷ queued',
  sent: '✓ sent',
  delivered: '✓✓ delivered',
  read: '✓✓ read',
  failed: '✕ failed',
}

/** No phone shows more at once. */
const most = 50
const digits = (text: string) => text.replace(/\D/g, '')

type Card = { at: number; to: string } & (
  | { whatsapp: Message }
  | { sms: TextMessage }
  | { refused: SendAttempt }
)

export function Phone({ number }: { number: string }) {
  const { messages, textMessages, refused } = useLive()
  const [wanted, setWanted] = useState(number)
  useEffect(() => setWanted(number), [number])
  const cards: Card[] = [
    ...messages.map((whatsapp) => ({ whatsapp, to: whatsapp.to, at: Date.parse(whatsapp.at) })),
    ...textMessages.map((sms) => ({ sms, to: sms.to, at: sms.at })),
    ...refused.map((one) => ({ refused: one, to: one.to, at: one.at })),
  ]
  const shown = cards.filter(({ to }) => digits(to).includes(digits(wanted))).sort((a, b) => b.at - a.at)
  return (
    <section class="phone" aria-label="Phone">
      <h2>Phone</h2>
      <label class="filter">
        To
        <input
          type="search"
          inputMode="tel"
          autoComplete="off"
          placeholder="all numbers"
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
          onChange={({ currentTarget }) => goTo('phone', currentTarget.value.trim())}
        />
      </label>
      {shown.length === 0 && (
        <p class="empty">
          {cards.length
            ? 'No messages to this number.'
            : 'No messages yet. Ask for a code, and it appears here.'}
        </p>
      )}
      <ol class="messages" aria-label="Messages, newest first">
        {shown.slice(0, most).map((card) => (
          <li
            key={keyOf(card)}
            data-kind={'whatsapp' in card ? 'whatsapp' : 'sms' in card ? 'sms' : 'refused'}
          >
            <p class="head">
              <a href={hrefTo('phone', card.to)}>{card.to || 'unreadable'}</a>
              <time dateTime={new Date(card.at).toISOString()}>{new Date(card.at).toLocaleTimeString()}</time>
            </p>
            {'whatsapp' in card && <WhatsApp message={card.whatsapp} />}
            {'sms' in card && <Sms message={card.sms} />}
            {'refused' in card && <Refused attempt={card.refused} />}
          </li>
        ))}
      </ol>
    </section>
  )
}

const keyOf = (card: Card) =>
  'whatsapp' in card ? card.whatsapp.id : 'sms' in card ? card.sms.id : `${card.at} ${card.to}`

function WhatsApp({ message }: { message: Message }) {
  const { code, status, error, template, language } = message
  return (
    <>
      <p class={code.length > 15 ? 'text' : 'code'}>{code}</p>
      <p class="foot">
        <span>{[template, language].filter(Boolean).join(' · ')}</span>
        <span class="status" data-status={status}>
          {ticks[status]}
          {error && ` (${error.code}: ${error.title})`}
        </span>
      </p>
      <Buttons code={code} to={message.to} onUse={() => void markRead(message.id)} />
    </>
  )
}

function Sms({ message: { message, to } }: { message: TextMessage }) {
  const code = /\d{6,15}/.exec(message)?.[0] ?? ''
  return (
    <>
      <p class="text">{message}</p>
      <p class="foot">SMS</p>
      {code && <Buttons code={code} to={to} onUse={() => undefined} />}
    </>
  )
}

function Refused({ attempt: { refusal } }: { attempt: SendAttempt }) {
  return (
    <p class="text">
      <b>Refused by SendZen: {refusal?.code}</b> {refusal?.details}
    </p>
  )
}

function Buttons({ code, to, onUse }: { code: string; to: string; onUse: () => void }) {
  const [label, setLabel] = useState('Copy code')
  const copy = async () => {
    onUse()
    try {
      await navigator.clipboard.writeText(code)
      setLabel('Copied')
      change({ said: `Code for ${to} copied` })
    } catch {
      setLabel('Copying is not allowed here')
    }
    setTimeout(() => setLabel('Copy code'), 1600)
  }
  return (
    <p class="buttons">
      <button type="button" aria-label={`Copy code ${code} sent to ${to}`} onClick={() => void copy()}>
        {label}
      </button>
      {waitsFor(to) && (
        <button
          type="button"
          aria-label={`Enter code ${code} sent to ${to}`}
          onClick={() => {
            onUse()
            void enter(code)
          }}
        >
          Enter it
        </button>
      )}
    </p>
  )
}
