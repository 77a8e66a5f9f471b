// In which of several languages a user is written to: those of the template, of text messages, of a page.

/** The one that is wanted, exactly or else by the language alone, as in `pt-PT` for `pt_BR`; undefined without one. */
export function findLanguage<L extends string>(
  languages: readonly L[],
  locale: string | undefined,
): L | undefined {
  const wanted = (locale ?? '').replace('-', '_').toLowerCase()
  const base = (code: string) => code.toLowerCase().split('_')[0]
  return (
    languages.find((language) => language.toLowerCase() === wanted) ??
    languages.find((language) => wanted !== '' && base(language) === base(wanted))
  )
}

/** The user's language if it is among them, else the first. */
export function chooseLanguage(languages: readonly string[], locale: string | undefined): string {
  return findLanguage(languages, locale) ?? languages[0] ?? ''
}
