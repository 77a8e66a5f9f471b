// What people read on a pull request and in the summary, as Markdown out of the documents of --json.

/** Names come from AWS and from settings: nothing in them may be markup, or call somebody. */
const code = (text) => `\`${String(text).replaceAll(/[`\r\n|]/g, ' ')}\``
const plain = (text) =>
  String(text)
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[<>|`*_[\]@#\\]/g, '\\$&')

const words = { create: '+ create', update: '~ update', delete: '- delete', 'replace-refused': '✖ refused' }

/** Fields are named, never their values. */
export function planText(stage, { region, account, steps }) {
  const changes = steps.filter(({ action }) => action !== 'keep')
  const dangers = steps.flatMap((step) => step.dangers ?? [])
  const where = `stage ${code(stage)}, ${plain(region)}, account ${plain(account)}`
  const rows = changes.map(
    ({ action, kind, name, fields, why }) =>
      `| ${words[action]} | ${plain(kind)} | ${code(name)} | ${why ? plain(why) : fields.map(code).join(', ')} |`,
  )
  return [
    `### WhatsApp sign-in: ${changes.length === 0 ? 'nothing to change' : `${changes.length} to change`}`,
    where,
    ...(rows.length > 0 ? [['| | Kind | Name | Fields |', '|---|---|---|---|', ...rows].join('\n')] : []),
    ...dangers.map(({ what, why, next }) => `⚠ ${plain(what)}: ${plain(why)}. Ends it: ${code(next)}`),
  ].join('\n\n')
}

export function failureText(stage, { code: name, message, why, next }) {
  return [
    '### WhatsApp sign-in: no plan',
    `stage ${code(stage)}: ${plain(message)}${why ? `: ${plain(why)}` : ''} (${code(name)})`,
    ...next.slice(0, 1).map((line) => `Next: ${code(line)}`),
  ].join('\n\n')
}

export function deployedText(stage, { steps, ms }) {
  const done = steps.filter(({ status }) => status === 'done').length
  return `### WhatsApp sign-in: deployed\n\nstage ${code(stage)}: ${done} changed in ${(ms / 1000).toFixed(1)} s`
}
