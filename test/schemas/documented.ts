// Holds what --json prints against the published schemas: whatever a test has printed is looked at here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

const folder = join(import.meta.dirname, '../../schemas')
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
const validators = new Map<string, ValidateFunction>()

/** By the name of its file. Throws where there is none. */
export function validatorOf(name: string): ValidateFunction {
  const known = validators.get(name)
  if (known) return known
  const made = ajv.compile(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')))
  validators.set(name, made)
  return made
}

/** What of a value is not as its schema has it; empty where all is. */
export function complaintsAbout(name: string, value: unknown): string[] {
  const validate = validatorOf(name)
  if (validate(value)) return []
  const texts = validate.errors?.map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
  return [`schemas/${name}.json: ${texts?.slice(0, 5).join('; ')}`]
}

const nameOf = (document: Record<string, unknown>) =>
  'error' in document ? 'error' : 'command' in document ? String(document.command) : 'logs'

/** Throws where a document on this stdout is not as its schema has it. Help and other text is no document. */
export function checkDocuments(stdout: string): void {
  if (!stdout.startsWith('{')) return
  // Lines of a stream, of which a failure may be the last; else one document over many lines.
  const texts = stdout.startsWith('{\n') ? [stdout] : stdout.split('\n').filter(Boolean)
  const complaints = texts.flatMap((text) => {
    const document = JSON.parse(text) as Record<string, unknown>
    return complaintsAbout(nameOf(document), document)
  })
  if (complaints.length > 0) throw new Error(`${complaints.join('\n')}\nin ${stdout.slice(0, 1_000)}`)
}
