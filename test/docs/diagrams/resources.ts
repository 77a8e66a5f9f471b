// The map of a stage's resources and the order of a deploy, drawn from the list that a deploy plays.
import type { AnyResource } from '../../../src/engine/resource.ts'
import { resourcesOf } from '../../../src/stage/resources.ts'
import { settings } from '../../resources/stage-fixture.ts'

const place = { stage: 'dev', account: '123456789012', region: 'eu-central-1', partition: 'aws' }
/** A retired kind is made by nobody any more. */
const all = resourcesOf(place).filter(({ isRetired }) => !isRetired)
const isAlways = ({ isWanted }: AnyResource) => isWanted?.(settings) ?? true

const services: Record<string, string> = {
  iam: 'IAM',
  logs: 'CloudWatch Logs',
  dynamodb: 'DynamoDB',
  ssm: 'SSM parameters',
  'cognito-idp': 'Cognito',
  lambda: 'Lambda',
  sqs: 'SQS',
  sns: 'SNS',
  cloudwatch: 'CloudWatch',
}

function serviceOf({ id, permissions }: AnyResource): string {
  const service = services[permissions[0]?.actions[0]?.split(':')[0] ?? '']
  if (!service) throw new Error(`test/docs/diagrams/resources.ts has no name for the service of ${id}`)
  return service
}

const counted = (kind: string, of: readonly AnyResource[]) => {
  const word = kind.replaceAll('-', ' ')
  if (of.length === 1) return word
  return `${of.length} ${word.replace(/y$/, 'ie')}s`
}

const kindsOf = (resources: readonly AnyResource[]) => [...new Set(resources.map(({ kind }) => kind))]
const ofKind = (kind: string, from: readonly AnyResource[]) => from.filter((one) => one.kind === kind)

/** Dashed is what a setting asks for. */
function nodeOf(kind: string, from: readonly AnyResource[]): string {
  const own = ofKind(kind, from)
  const always = own.filter(isAlways)
  const text = counted(kind, always.length > 0 ? always : own)
  return `    ${kind}["${text}"]${always.length > 0 ? '' : ':::optional'}`
}

const dashed = '  classDef optional stroke-dasharray: 4 3'

/** Kinds by service; an arrow leads from what needs something to what it needs. */
export function resourceMap(): string {
  const groups = [...new Set(all.map(serviceOf))].map((service) => {
    const kinds = kindsOf(all.filter((one) => serviceOf(one) === service))
    return `  subgraph ${service.replace(/\W/g, '')}["${service}"]\n${kinds.map((kind) => nodeOf(kind, all)).join('\n')}\n  end`
  })
  const kindOf = new Map(all.map(({ id, kind }) => [id, kind]))
  const edges = all
    .filter(({ kind }) => kind !== 'record')
    .flatMap(({ kind, needs }) => needs.map((id) => [kind, kindOf.get(id)] as const))
    .filter(([from, to]) => to !== undefined && from !== to)
    .map(([from, to]) => `  ${from} --> ${to}`)
  return ['flowchart LR', ...groups, ...new Set(edges), dashed].join('\n')
}

/** In which round a resource is made: after all that it needs. */
function roundOf(resource: AnyResource, byId: ReadonlyMap<string, AnyResource>): number {
  const needed = resource.needs.flatMap((id) => byId.get(id) ?? [])
  return 1 + Math.max(0, ...needed.map((one) => roundOf(one, byId)))
}

/** What a first deploy with the defaults makes at the same time, round by round. */
export function deployRounds(): string {
  const wanted = all.filter(isAlways)
  const byId = new Map(wanted.map((one) => [one.id, one]))
  const rounds: AnyResource[][] = []
  for (const one of wanted) {
    const n = roundOf(one, byId) - 1
    rounds[n] = [...(rounds[n] ?? []), one]
  }
  const boxes = rounds.map((round, n) => {
    const kinds = kindsOf(round).map((kind) => counted(kind, ofKind(kind, round)))
    return `  r${n + 1}["${kinds.join('<br>')}"]`
  })
  const order = rounds.map((_, n) => `r${n + 1}`).join(' --> ')
  return [
    'flowchart LR',
    '  settings --> want',
    '  AWS[("AWS, by tags")] --> have',
    '  want & have --> plan --> r1',
    ...boxes,
    `  ${order} --> check["a sign-in with<br>a number that nobody has"] --> outputs`,
  ].join('\n')
}
