// The page of events, made of the tables.
import { eventWords } from '../../src/core/event-words.ts'
import { allowed, auditEvents, auditFields, events } from '../../src/core/events.ts'
import { row } from './table.ts'

const wordsOf = (name: keyof typeof eventWords) => {
  const { says, reasons = {} } = eventWords[name]
  return [
    says,
    Object.entries(reasons)
      .map(([reason, means]) => `\`${reason}\`: ${means}`)
      .join('<br>'),
  ]
}

export function eventsPage(): string {
  const ours = Object.entries(events).map(([name, { level, metric }]) =>
    row([
      `\`${name}\``,
      level.toUpperCase(),
      metric ? `\`${metric}\`` : '',
      ...wordsOf(name as keyof typeof events),
    ]),
  )
  const byHand = Object.entries(auditEvents).map(([name, level]) =>
    row([`\`${name}\``, level.toUpperCase(), '', ...wordsOf(name as keyof typeof auditEvents)]),
  )
  const fields = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ')
  return `# What the functions log

One line of JSON an event: \`timestamp\`, \`level\`, \`event\`, \`stage\` and some of the fields below. \`whatsapp-otp logs\` shows the sentence, \`logs --json\` the fields. Names of events and fields stay; sentences may change. An event with a metric counts towards it in the CloudWatch namespace \`WhatsAppOtp\`, by stage, and is written whatever LOG_LEVEL says; \`otp_sent\` and \`otp_unknown\` carry \`delivery_latency\` (milliseconds) besides.

| Event | Level | Metric | Says | \`reason\` |
|---|---|---|---|---|
${ours.join('\n')}

\`providerCode\` takes the place of \`reason\` where the provider gave one: digits alone are [a code of Meta](https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes), which \`logs\`, \`status\` and \`users show\` put into words.

What people do by hand is written by the command, into the log of verifyAuthChallenge, before it is done:

| Event | Level | Metric | Says | \`reason\` |
|---|---|---|---|---|
${byHand.join('\n')}

## Fields

Of the functions: ${fields(allowed)}. Of what is done by hand: ${fields(auditFields)}.

\`phone\` is masked. \`number\` is a keyed hash of the number, the same in every line of a number while the stage has its master key; only that key leads from a number to it. \`cid\` is the code, \`n\` counts its messages, \`messageId\` is the provider's name for one. Somebody without an account (\`otp_decoy\`) has no number for the functions: \`number\` is that of the stand-in name which Cognito gives, so that his lines cannot be found by what he typed, unless Cognito gives the typed number itself. A refused sign-up names nobody. PreSignUp can refuse by an error alone; what Lambda writes about that error is left out by \`logs\` (without \`--all\`) and not counted by \`status\`.

The checks at the end of \`deploy\`, of \`status\` and of \`doctor\` begin a sign-in with a number that nobody has: one \`otp_decoy\` with the reason \`unknown\` each.
`
}
