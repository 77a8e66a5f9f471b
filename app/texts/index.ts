// What a sign-in shows, in ten languages: a sentence for every state, and the words of the form. Import those that you
// show, and give them to the client; yours may replace each: `{ ...de, sent: '…' }`.
import { en } from '../en.ts'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { hi } from './hi.ts'
import { id } from './id.ts'
import { it } from './it.ts'
import { pt } from './pt.ts'
import { ru } from './ru.ts'

export { ar, de, en, es, fr, hi, id, it, pt, ru }

/** Each by its code, for an app that knows the language only when it runs. */
export const texts = { ar, de, en, es, fr, hi, id, it, pt, ru }
