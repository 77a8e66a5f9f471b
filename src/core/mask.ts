// How a phone number is shown wherever it is shown: in logs, errors and on the screen.

/** `+15550100001` -> `+*********01`: the length and the last two digits, nothing of the country. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  const shown = digits.length > 6 ? digits.slice(-2) : ''
  return `+${'*'.repeat(digits.length - shown.length)}${shown}`
}
