// The rules of a pool of the stage's own: Cognito's users carry marks that say what they have proven.
import { type Clients, isOwnerOf, subjectOf } from '../../src/core/subject.ts'
import type { Owners } from './owners.ts'
import type { PoolRules, ProofRules, Right } from './pool-rules.ts'
import type { createProof } from './proof.ts'
import type { ProvenNumbers } from './proven-numbers.ts'

export function rulesByMarks(clients: Clients): PoolRules {
  return {
    subjectOf: async (event, { idKey }, isAllowed) => subjectOf(event, clients, idKey, isAllowed),
    changesNumbers: true,
  }
}

export interface MarksOptions {
  clients: Clients
  owners: Owners
  prove: ReturnType<typeof createProof>
  numbers: Pick<ProvenNumbers, 'remember'>
}

export function proofByMarks({ clients, owners, prove, numbers }: MarksOptions): ProofRules {
  async function settle({ account, subject, attributes, ledger, isChange }: Right): Promise<boolean> {
    if (isChange) {
      const done = await owners.change(account, subject.phone)
      if (done) account.log('number_changed')
      return done
    }
    if (subject.mark === 'changed' && ledger.owner !== subject.user) {
      await owners.putBack(account)
      return false
    }
    const isFirst = !isOwnerOf(subject, ledger)
    if (subject.mark === 'proven' && !isFirst) return true
    const marks = isUnmarkedSignUp(attributes) ? { 'custom:auth_purpose': 'signup' } : {}
    const done = isFirst
      ? await prove(account, subject.phone, attributes, marks)
      : await owners.give(account, subject.phone, marks)
    if (done) account.log('number_verified')
    return done
  }

  return {
    ...rulesByMarks(clients),
    settle,
    async remember({ account, subject, ledger, isTest }) {
      if (ledger.owner !== subject.user && !isTest) await numbers.remember(account, subject.phone)
    },
  }
}

/**
 * Whether a user came in by signing up, and nothing says so yet. PreSignUp confirms everybody who signs up; one
 * whom an administrator or an import made has another status until he sets a password.
 */
function isUnmarkedSignUp(attributes: Record<string, string>): boolean {
  return attributes['cognito:user_status'] === 'CONFIRMED' && !attributes['custom:auth_purpose']
}
