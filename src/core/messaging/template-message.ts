// One code as a message of an authentication template, as WhatsApp takes it from whichever provider.

export interface TemplateMessage {
  /** The sender's number; what is not a digit does not count. */
  from: string
  /** The recipient's number with its country code; what is not a digit does not count. */
  to: string
  template: string
  /** A language in which the template is approved, as `pt_BR`. */
  language: string
  code: string
}

/** What the code goes into: once into the text, once into the button that copies it. */
export function componentsFor(code: string) {
  const parameters = [{ type: 'text', text: code }]
  return [
    { type: 'body', parameters },
    { type: 'button', sub_type: 'url', index: 0, parameters },
  ]
}
