// What a step tells GitHub: annotations, outputs, the summary, and one comment for each stage on a pull request.
import { appendFileSync, readFileSync } from 'node:fs'

export const input = (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim()

/** As workflow commands want it: no line of a message may begin a command of its own. */
const escaped = (text) => String(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const command = (line) => process.stdout.write(`${line}\n`)

export const mask = (secret) => command(`::add-mask::${escaped(secret)}`)

export const annotate = (kind, title, message) =>
  command(`::${kind} title=${escaped(title).replaceAll(/[:,]/g, ' ')}::${escaped(message)}`)

function append(variable, text) {
  const file = process.env[variable]
  if (file) appendFileSync(file, `${text}\n`)
}

/** One line each; ids have no more. */
export const setOutput = (name, value) => append('GITHUB_OUTPUT', `${name}=${String(value).split('\n')[0]}`)
export const summarise = (text) => append('GITHUB_STEP_SUMMARY', text)

/** The number of the pull request that the workflow runs for; undefined for a push. */
export function pullRequest() {
  const { GITHUB_EVENT_PATH: path } = process.env
  return path ? JSON.parse(readFileSync(path, 'utf8')).pull_request?.number : undefined
}

async function ask(method, path, body) {
  const { GITHUB_API_URL: api = 'https://api.github.com', GITHUB_REPOSITORY: repository } = process.env
  const response = await fetch(`${api}/repos/${repository}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${input('token')}`,
      accept: 'application/vnd.github+json',
      'content-type': 'application/json',
      'user-agent': 'whatsapp-otp',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`HTTP ${response.status} for ${method} ${path}`)
  return response.json()
}

/** The comment of the stage made, or made anew. What forbids it is a warning: forks may not write. */
export async function commentOn(number, stage, text) {
  const marker = `<!-- whatsapp-otp: ${stage} -->`
  const body = `${marker}\n${text}`
  try {
    for (let page = 1; ; page++) {
      const some = await ask('GET', `/issues/${number}/comments?per_page=100&page=${page}`)
      const ours = some.find((one) => one.body?.startsWith(marker))
      if (ours) return await ask('PATCH', `/issues/comments/${ours.id}`, { body })
      if (some.length < 100) return await ask('POST', `/issues/${number}/comments`, { body })
    }
  } catch (error) {
    annotate('warning', 'No comment', `the plan could not be written onto the pull request: ${error.message}`)
  }
}
