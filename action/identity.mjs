// The job's own identity as AWS takes it: a token of GitHub's in a file, which the CLI's credentials chain reads.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Variables with which the CLI takes the role, none without one; `forget` removes the token. Throws where the job may
 * not ask for a token.
 */
export async function identity({ role, mask }) {
  if (!role) return { env: {}, forget() {} }
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = process.env
  if (!url || !token)
    throw new Error('the job has no identity to take the role with: give it the permission id-token: write')
  const response = await fetch(`${url}&audience=sts.amazonaws.com`, {
    headers: { authorization: `Bearer ${token}` },
  })
  if (!response.ok) throw new Error(`GitHub gave no identity token (HTTP ${response.status})`)
  const { value } = await response.json()
  mask(value)
  const folder = mkdtempSync(join(process.env.RUNNER_TEMP ?? tmpdir(), 'whatsapp-otp-'))
  const file = join(folder, 'token')
  writeFileSync(file, value, { mode: 0o600 })
  return {
    // Keys and profiles of the environment would go before the role.
    env: {
      ...{ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '', AWS_PROFILE: '' },
      ...{ AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_SESSION_NAME: 'whatsapp-otp' },
    },
    forget: () => rmSync(folder, { recursive: true, force: true }),
  }
}
