// What AWS said, fit for a report that anybody may read: names of errors and first words, no id and no number.
import { read } from '../../aws/errors.ts'
import { redact } from '../../redact.ts'

/** `InvalidParameterException: Lambda function <arn> does not exist`. */
export function said(error: unknown): string {
  const { name, message } = read(error)
  return withoutIds(`${name || 'Error'}: ${message.split('\n')[0] ?? ''}`).slice(0, 240)
}

/** The part of a text that belongs to nobody: ARNs, accounts, pools, addresses and numbers are taken out. */
export function withoutIds(text: string): string {
  return redact(text)
    .replace(/\barn:[\w-]*:[^\s"',)]+/g, '<arn>')
    .replace(/\b[a-z]{2}(?:-[a-z]+)+-\d_[A-Za-z0-9]+\b/g, '<pool>')
    .replace(/\bhttps?:\/\/[^\s"',)]+/g, '<address>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '<id>')
    .replace(/\+?\d{7,}/g, '<number>')
}
