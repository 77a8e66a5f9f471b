// IAM's evaluation of policies, by engines that nobody here wrote.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import type { PolicyDocument } from '../../src/stage/policy/printable.ts'
import { programs } from './program.ts'

export interface Question {
  action: string
  resource: string
  context?: Record<string, string | string[]>
}

/** Whose rights are asked about. Each may do what his policies allow, within the boundary where there is one. */
export interface Rights {
  policies: PolicyDocument[]
  boundary?: PolicyDocument
}

/** For each question, whether it is allowed. Throws where a policy or an action is none. */
export type Engine = (rights: Rights, questions: readonly Question[]) => Promise<boolean[]>

const account = '123456789012'

/** Knows of each action the resources and the condition keys that AWS knows, and says so of all others. */
const iamSimulate: Engine = async ({ policies, boundary }, questions) => {
  const named = (documents: PolicyDocument[]) =>
    documents.map((policy, index) => ({ name: `policy-${index}`, policy }))
  const ask = ({ action, resource, context = {} }: Question) =>
    runSimulation(
      {
        request: {
          principal: `arn:aws:iam::${account}:user/thief`,
          action,
          resource: { resource, accountId: account },
          contextVariables: context,
        },
        identityPolicies: named(policies),
        ...(boundary ? { permissionBoundaryPolicies: named([boundary]) } : {}),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    )
  const verdicts: boolean[] = []
  for (const question of questions) {
    let answer = await ask(question)
    const complaint = answer.resultType === 'error' ? answer.errors.message : ''
    if (complaint === 'must.use.wildcard') answer = await ask({ ...question, resource: '*' })
    // What takes no such resource is allowed on none.
    else if (complaint !== '' && complaint !== 'no.resource.types') {
      throw new Error(`${question.action} on ${question.resource}: ${JSON.stringify(answer)}`)
    }
    verdicts.push(answer.resultType !== 'error' && answer.overallResult === 'Allowed')
  }
  return verdicts
}

/** Takes actions, resources and keys as they come. */
const principalMapper: Engine = ({ policies, boundary }, questions) =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('./principal-mapper.py', import.meta.url))
    const child = execFile(
      programs.python,
      [script],
      { maxBuffer: 32 * 1024 * 1024, timeout: 60_000 },
      (error, stdout) => {
        if (error) reject(error)
        else resolve(JSON.parse(stdout))
      },
    )
    child.stdin?.end(JSON.stringify({ layers: [policies, ...(boundary ? [[boundary]] : [])], questions }))
  })

export const engines: Record<string, Engine> = {
  'iam-simulate': iamSimulate,
  'Principal Mapper': principalMapper,
}
