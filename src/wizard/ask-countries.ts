// Whose numbers may sign in: a closed list keeps paid messages to dear countries away (SMS and message pumping).
import { getCountries } from 'libphonenumber-js/min'
import { spendingOf } from '../insight/spending.ts'
import { WentBack } from '../terminal/prompt.ts'
import { countryOf, isEverywhere, parseCountries } from './countries.ts'
import { countryName } from './country-names.ts'
import { answer, type Interview, isGiven, presetOf, waysOf } from './interview.ts'

/** Says what was understood where no codes were typed; all countries are asked about once more. */
export async function askCountries(interview: Interview): Promise<void> {
  if (isGiven(interview, 'allowedCountries')) return
  const { resolved, prompts, output } = interview
  const own = countryOf(resolved.settings.whatsappFrom ?? '')
  const text = await prompts.text({
    message: `Countries whose numbers may sign in${own ? ` (the sender is from ${countryName(own)})` : ''}`,
    ...waysOf('allowedCountries'),
    default: presetOf(interview, 'allowedCountries') || own,
    check: (typed) => {
      const codes = parseCountries(typed)
      return typeof codes === 'string' ? codes : true
    },
  })
  const codes = [parseCountries(text)].flat()
  if (isEverywhere(codes)) await agreeToAll(interview)
  else if (text.toUpperCase() !== codes.join(',')) {
    const told = codes.map((code) => `${countryName(code)} (${code})`)
    output.say(output.theme.paint.dim(told.join(', ')))
  }
  answer(interview, 'allowedCountries', codes)
}

/** What it costs depends on the limits, which are the defaults where nobody has said otherwise. Throws WentBack. */
async function agreeToAll({ resolved, output, prompts }: Interview): Promise<void> {
  const { messages } = spendingOf(resolved.settings)
  output.warn(
    `All ${getCountries().length} countries: an attacker can have codes sent to the dearest of them, ${messages.count.toLocaleString('en')} messages a day, US$ ${messages.mostUsd.toFixed(0)} at Meta's list prices. Name the countries where your users live, and he cannot.`,
  )
  const message = 'Let numbers of all countries sign in all the same?'
  if (!(await prompts.confirm({ message, default: false }))) throw new WentBack()
}
