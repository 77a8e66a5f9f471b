// Part growth: commands in an account that is full: a million log lines, hundreds of stages, a thousand pools. Users
// are left out, since no command lists them.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { createClients } from '../../src/aws/clients.ts'
import { names } from '../../src/names.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { startWire } from '../wire/wire.ts'
import type { Part } from './part.ts'
import { type Env, openWorkspace, type Workspace } from './program.ts'
import type { Row } from './rows.ts'
import { spreadOf } from './samples.ts'

const part = 'Growth'

/** As many as CloudWatch puts into a megabyte of them. */
const perPage = 4_000
const million = 1_000_000
const dayMs = 86_400_000

/** A day of a busy stage, page by page; every other group is empty. */
function aMillionLines(now: number) {
  return (operation: string, body: string): string | undefined => {
    if (operation !== 'FilterLogEvents') return undefined
    const { logGroupName, nextToken = '0' } = JSON.parse(body)
    if (!logGroupName.endsWith('createAuthChallenge')) return '{"events":[]}'
    const from = Number(nextToken)
    const events = Array.from({ length: perPage }, (_, at) => {
      const nth = from + at
      const fields = { requestId: `r-${nth}`, cid: `c-${nth}`, n: 1, messageId: `m-${nth}`, ms: 300 }
      return {
        eventId: String(nth).padStart(10, '0'),
        timestamp: Math.round(now - dayMs + (nth / million) * (dayMs - 60_000)),
        logStreamName: 'stream',
        message: JSON.stringify({ level: 'INFO', event: 'otp_sent', stage: 'bench', ...fields }),
      }
    })
    const next = from + perPage
    return JSON.stringify({ events, ...(next < million ? { nextToken: String(next) } : {}) })
  }
}

interface Taken {
  firstMs: number
  ms: number
  megabytes: number
}

const tellMemory = `process.on('exit', () => process.stderr.write('rss=' + process.resourceUsage().maxRSS))`

/** Runs the tool; when its first line is there, when it ends, and the most memory that it had. */
async function watch({ folder }: Workspace, line: string, env: Env): Promise<Taken> {
  const started = performance.now()
  const bin = join(folder, 'package', 'bin', 'whatsapp-otp.js')
  const child = spawn(
    process.execPath,
    [`--import=data:text/javascript,${tellMemory}`, bin, ...line.split(' ')],
    {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let firstMs = 0
  let stderr = ''
  child.stdout.on('data', () => {
    firstMs ||= performance.now() - started
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) throw new Error(`${line}: exit ${code}\n${stderr}`)
  const kilobytes = Number(/rss=(\d+)/.exec(stderr)?.[1])
  return { firstMs, ms: performance.now() - started, megabytes: kilobytes / 1024 }
}

/** Ten at a time, so that a few thousand calls take seconds. */
async function times(count: number, make: (nth: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      while (next < count) await make(next++)
    }),
  )
}

export const growth: Part = async ({ samples, say }) => {
  const rounds = samples(3)
  const sandbox = await startSandbox({ pageSize: 60 })
  const workspace = await openWorkspace()
  const wire = await startWire(sandbox.endpoint)
  const env = { ...sandbox.env(), AWS_ENDPOINT_URL: wire.url }
  const rows: Row[] = []
  const add = (what: string, taken: Taken[], first = true) => {
    const row = (name: string, unit: string, value: (one: Taken) => number): Row => ({
      part,
      what: `${what}${name}`,
      unit,
      value: spreadOf(taken.map(value)),
    })
    if (first) rows.push(row(': first line', 'ms', ({ firstMs }) => firstMs))
    rows.push(
      row('', 'ms', ({ ms }) => ms),
      row(': memory', 'MB', ({ megabytes }) => megabytes),
    )
  }
  const several = async (line: string) => {
    const taken: Taken[] = []
    for (let round = 0; round < rounds; round++) taken.push(await watch(workspace, line, env))
    return taken
  }
  try {
    await workspace.tool('deploy --stage bench', env)
    say('… growth: nothing but the stage')
    add('status, an empty account', await several('status --stage bench'))
    add('stages, one stage', await several('stages'))

    say('… growth: a million log lines')
    wire.answers = aMillionLines(Date.now())
    add('logs --since 1d, a million lines', await several('logs --stage bench --since 1d'))
    add('status, a million lines', await several('status --stage bench'))
    wire.answers = () => undefined

    say('… growth: 1,000 pools, 5,000 roles, 10,000 log streams')
    const { cognito, iam, logs, ssm } = createClients({ env: sandbox.env(), region: sandbox.region })
    const logGroupName = names.logGroup('bench', 'preSignUp')
    const Name = names.record('bench')
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }))
    const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}'
    await times(1_000, (nth) => cognito.send(new CreateUserPoolCommand({ PoolName: `other-${nth}` })))
    await times(5_000, (nth) =>
      iam.send(new CreateRoleCommand({ RoleName: `other-${nth}`, AssumeRolePolicyDocument })),
    )
    await times(10_000, (nth) =>
      logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: `stream-${nth}` })),
    )
    add('status, a full account', await several('status --stage bench'))
    add('plan, a full account', await several('plan --stage bench'), false)

    say('… growth: 300 stages')
    const record = JSON.parse(Parameter?.Value ?? '{}')
    await times(299, (nth) => {
      const stage = `s${nth}`
      const Value = JSON.stringify({ ...record, stage })
      return ssm.send(new PutParameterCommand({ Name: names.record(stage), Type: 'String', Value }))
    })
    add('stages, 300 stages', [await watch(workspace, 'stages', env)])
    return rows
  } finally {
    await wire.close()
    await sandbox.close()
    await workspace.remove()
  }
}
