// Who reads and writes what, drawn from the policies of the roles.
import { type FunctionName, names } from '../../../src/names.ts'
import { rolePolicy } from '../../../src/resources/role-policy.ts'
import { functionsOf } from '../../../src/settings/parts.ts'
import { settings } from '../../resources/stage-fixture.ts'

const place = { stage: 'dev', account: '123456789012', region: 'eu-central-1', partition: 'aws' }
const everything = { ...settings, deliveryWebhook: true, smsFallback: true }

const reading = /^(Get|Receive|Admin(Get))/
const writing = /^(Put|Update|Delete|Send|Admin(Update|Delete|Set|User|Disable))/

/** By what the ARN of a resource ends with, the node that stands for it. */
const stores: [RegExp, string, string][] = [
  [/:table\//, 'table', '[("table: limits, devices, sealed codes")]'],
  [/userpool\//, 'pool', '[("user pool: users and numbers")]'],
  [new RegExp(`${names.masterKey('dev')}$`), 'master', '[["master key"]]'],
  [new RegExp(`${names.providerKey('dev')}$`), 'provider', '[["SendZen key"]]'],
  [new RegExp(`${names.webhookSecret('dev')}$`), 'webhook', '[["webhook secret"]]'],
  [new RegExp(`${names.findings('dev')}$`), 'findings', '[["findings"]]'],
  [new RegExp(`${names.brake('dev')}$`), 'pause', '[["whether it is paused"]]'],
  [/:sqs:/, 'queue', '[/"queue: hashes of messages"/]'],
  [/log-group:/, 'logs', '[("logs: masked numbers")]'],
]

interface Edge {
  from: string
  to: string
  way: 'reads' | 'writes'
}

function edgesOf(name: FunctionName): Edge[] {
  const refs = { userPoolId: 'eu-central-1_Pool' }
  const inputs = { settings: everything } as never
  const { document } = rolePolicy(place, name).want(inputs, refs) as {
    document: { Statement: { Effect: string; Action: string[]; Resource: string | string[] }[] }
  }
  return document.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action, Resource }) => {
    const verbs = Action.map((action) => action.split(':')[1] ?? '')
    return [Resource].flat().flatMap((arn) => {
      const to = stores.find(([end]) => end.test(arn))?.[1]
      if (!to) return []
      return [
        ...(verbs.some((verb) => reading.test(verb)) ? [{ from: name, to, way: 'reads' as const }] : []),
        ...(verbs.some((verb) => writing.test(verb)) ? [{ from: name, to, way: 'writes' as const }] : []),
      ]
    })
  })
}

/** What each function may read (dotted) and write (solid). Logs are left out: every function writes its own. */
export function dataFlow(): string {
  const functions = functionsOf(everything)
  const edges = functions.flatMap(edgesOf).filter(({ to }) => to !== 'logs')
  const used = new Set(edges.map(({ to }) => to))
  const arrows = edges.map(({ from, to, way }) =>
    way === 'writes' ? `  ${from} --> ${to}` : `  ${to} -.-> ${from}`,
  )
  return [
    'flowchart LR',
    ...functions.map((name) => `  ${name}(["${name}"])`),
    ...stores.filter(([, id]) => used.has(id)).map(([, id, shape]) => `  ${id}${shape}`),
    ...new Set(arrows),
    '  createAuthChallenge -- number, code --> SendZen -- number, code --> phone',
    '  smsFallback -- number, code --> SNS --> phone',
    '  SendZen -- delivery reports --> deliveryStatus',
  ].join('\n')
}
