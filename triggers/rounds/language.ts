// In which of the template's languages a user gets the code.

/** The user's language if the template has it (exactly, then by language alone), else the first. */
export function chooseLanguage(languages: string[], locale: string | undefined): string {
  const wanted = (locale ?? '').replace('-', '_').toLowerCase()
  const base = (code: string) => code.toLowerCase().split('_')[0]
  return (
    languages.find((language) => language.toLowerCase() === wanted) ??
    languages.find((language) => wanted !== '' && base(language) === base(wanted)) ??
    languages[0] ??
    ''
  )
}
