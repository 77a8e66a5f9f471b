// The GitHub Action: plans a stage, says on the pull request what would change, and deploys where that is asked for.
// It stands alone: the runner has Node, and npx brings the CLI.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { annotate, commentOn, input, mask, pullRequest, setOutput, summarise } from './github.mjs'
import { identity } from './identity.mjs'
import { deployedText, failureText, planText } from './texts.mjs'

/** What is of GitHub alone: a program of a registry has no business with it. */
const withheld = /^(INPUT_|ACTIONS_|GITHUB_TOKEN$)/

/** Runs a command of the CLI with --json; gives its exit code and its document. */
function run(words, { program, cwd, env }) {
  const [file, ...first] = program
  const line = [...first, ...words, '--json', '--no-input']
  const options = { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] }
  // On Windows npx is a script, which only a shell can run; the words of the line are checked, or the workflow's own.
  const isWindows = process.platform === 'win32'
  return new Promise((resolve, reject) => {
    const child = isWindows
      ? spawn([file, ...line].join(' '), { ...options, shell: true })
      : spawn(file, line, options)
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      try {
        resolve({ code, document: JSON.parse(stdout) })
      } catch {
        reject(new Error(`${words[0]} printed no document (exit code ${code})`))
      }
    })
  })
}

function settings() {
  const stage = input('stage')
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(stage)) throw new Error(`«${stage}» cannot be a stage name`)
  const version = input('version')
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) throw new Error(`«${version}» is not one whole version`)
  const given = input('program')
  return {
    stage,
    program: given ? given.split(/\s+/) : ['npx', '--yes', `whatsapp-otp@${version}`],
    cwd: join(process.env.GITHUB_WORKSPACE ?? process.cwd(), input('working-directory') || '.'),
    wantsDeploy: input('deploy') === 'true',
    wantsComment: input('comment') !== 'false',
  }
}

async function main() {
  const { stage, program, cwd, wantsDeploy, wantsComment } = settings()
  // There the code of a stranger would run with the rights of this repository.
  if (wantsDeploy && process.env.GITHUB_EVENT_NAME === 'pull_request_target')
    throw new Error('deploy is refused for pull_request_target: deploy on push, after the merge')
  const role = await identity({ role: input('role-to-assume'), mask })
  try {
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !withheld.test(name)))
    const region = input('aws-region')
    const env = { ...own, ...(region ? { AWS_REGION: region } : {}), ...role.env, CI: 'true' }
    const play = (...words) => run([...words, '--stage', stage], { program, cwd, env })

    const planned = await play('plan', '--detailed-exitcode')
    const failed = planned.document.error
    const text = failed ? failureText(stage, failed) : planText(stage, planned.document)
    summarise(text)
    const number = pullRequest()
    if (number && wantsComment) await commentOn(number, stage, text)
    if (failed) return fail(failed)
    setOutput('changes', String(planned.code === 2))

    const done = wantsDeploy ? await play('deploy') : planned
    if (done.document.error) return fail(done.document.error)
    const { outputs } = done.document
    setOutput('user-pool-id', outputs.userPoolId)
    setOutput('signup-client-id', outputs.signupClientId)
    setOutput('login-client-id', outputs.loginClientId)
    if (!wantsDeploy) return
    summarise(deployedText(stage, done.document))
    // A deploy that made everything and finds sign-in ill prints its document and exits 1.
    if (done.code !== 0)
      fail({ code: 'DEPLOY_FAILED', message: `deploy ended with ${done.code}; the log says why` })
  } finally {
    role.forget()
  }
}

function fail({ code, message, why }) {
  annotate('error', code, why ? `${message}: ${why}` : message)
  process.exitCode = 1
}

main().catch((error) => fail({ code: 'whatsapp-otp', message: error.message }))
