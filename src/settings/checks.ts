// How a value of a setting is checked, as text or typed already; the messages end up in errors.
import { getCountries, isSupportedCountry } from 'libphonenumber-js/min'
import * as z from 'zod'
import { profileAttributes } from './standard-attributes.ts'

/** A whole number within bounds. */
export const wholeNumber = (min: number, max: number) =>
  z
    .union([
      z.number(),
      z.string().regex(/^\d+$/, `must be a whole number from ${min} to ${max}`).transform(Number),
    ])
    .pipe(z.number().int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))

/** One or more of `what`, as a list or parted by commas or spaces; each once. */
export const list = (item: z.ZodType<string, string>, what: string) =>
  z
    .union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))])
    .pipe(z.array(item).min(1, `needs at least one ${what}`))
    .transform((items) => [...new Set(items)])

/** The same, or none at all: the word `none`, since a variable cannot be empty. */
export const listOrNone = (item: z.ZodType<string, string>, what: string) => {
  const none = z.union([z.array(z.never()).max(0), z.literal('none').transform(() => [])])
  return z.union([none, list(item, what)])
}

/** Text of a form, or the word `none`, whatever its case. */
export const noneOr = (form: RegExp, complaint: string) =>
  z
    .string()
    .trim()
    .transform((text) => (text.toLowerCase() === 'none' ? 'none' : text))
    .refine((text) => text === 'none' || form.test(text), `${complaint}, or none`)

/** Those that a sign-up may give in any case are not listed. */
const askedAttributes = profileAttributes.filter((name) => name !== 'locale')
export const signUpAttribute = z
  .string()
  .refine(
    (name) => askedAttributes.includes(name),
    `must be none, or of ${askedAttributes.join(', ')}; phone_number and locale are taken anyway`,
  )

/** Words for yes and no; nothing is a no. */
const yes = new Set(['true', '1', 'yes', 'on'])
const no = new Set(['false', '0', 'no', 'off', ''])
export const flag = z.union([
  z.boolean(),
  z
    .string()
    .refine((text) => yes.has(text.toLowerCase()) || no.has(text.toLowerCase()), 'must be true or false')
    .transform((text) => yes.has(text.toLowerCase())),
])

/** One of these words, whatever its case. */
export const oneOf = <const T extends readonly string[]>(values: T) =>
  z
    .string()
    .transform((text, context) => {
      const found = values.find((value) => value === text.toUpperCase())
      if (found) return found as T[number]
      context.addIssue({ code: 'custom', message: `must be one of ${values.join(', ')}` })
      return z.NEVER
    })
    .meta({ enum: [...values] })

/** An ISO 3166 code, whatever its case. */
export const country = z
  .string()
  .transform((text) => text.toUpperCase())
  .refine(isSupportedCountry, `must be ISO country codes such as ${getCountries().slice(0, 3).join(', ')}`)

/** The ARN of a managed policy of whatever partition, or `none`. */
export const boundary = z
  .string()
  .regex(
    /^(none|arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,600})$/,
    'must be the ARN of a managed policy, as arn:aws:iam::123456789012:policy/name, or none',
  )

/** What SNS takes as the tag of a topic too; or `none`. */
export const email = z
  .string()
  .regex(/^(none|[\w.+=-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+)$/i, 'must be an email address, or none')

/** The ARN of a standard SNS topic of whatever partition, or `none`: alarms publish to no FIFO topic. */
export const topic = z
  .string()
  .regex(
    /^(none|arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256})$/,
    'must be the ARN of a standard SNS topic, as arn:aws:sns:eu-central-1:123456789012:name, or none',
  )

/** CloudWatch Logs accepts only these (PutRetentionPolicy). */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]
