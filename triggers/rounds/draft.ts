// The code that a round would send: made once for each length that the rules may ask for, and only then.
import { sealCode, tagOf, unsealCode } from '../../src/core/keys.ts'
import type { Challenge } from '../../src/core/ledger/ledger.ts'
import type { Draft, SealedCode } from '../../src/core/ledger/sends.ts'
import { numberHashOf } from '../../src/core/table-items.ts'
import { testNumberOf } from '../../src/core/test-numbers.ts'
import type { Clock } from '../outside/clock.ts'
import type { Asking } from './send.ts'

/** Who asks for which message. */
interface Request extends Asking {
  /** The same for each of Cognito's repetitions of the request. */
  key: string
  device: string | undefined
}

export interface DraftOptions {
  clock: Clock
  newId(): string
  newCode(length: number): string
}

export interface Drafted {
  draft: Draft
  /** The code of a challenge, be it this one's or one that lies sealed in the ledger; empty for a fixed one. */
  codeOf(challenge: Challenge): string
}

export function draftFor({ pool, subject, secrets, key, device }: Request, options: DraftOptions): Drafted {
  const { client, user, phone } = subject
  const cid = options.newId()
  const codes = new Map<number, { code: string; sealed: SealedCode }>()

  function made(length: number) {
    const before = codes.get(length)
    if (before) return before
    const { current } = secrets
    const binding = { pool, client, user, cid }
    const code = options.newCode(length)
    const sealed = {
      kid: current.kid,
      tag: tagOf(current, binding, code),
      sealed: sealCode(current, binding, code),
    }
    codes.set(length, { code, sealed })
    return { code, sealed }
  }

  const test = phone && testNumberOf(secrets.testNumbers, numberHashOf(subject.pk), options.clock.now())
  return {
    draft: {
      by: options.newId(),
      key,
      cid,
      user,
      client,
      codeOf: (length) => made(length).sealed,
      device,
      testLength: test ? test.length : undefined,
      isMarked: subject.mark === 'proven',
    },
    codeOf(challenge) {
      if (challenge.test) return ''
      if (challenge.cid === cid) return made(challenge.length).code
      const keys = secrets.known.find(({ kid }) => kid === challenge.kid) ?? secrets.current
      return unsealCode(keys, { ...challenge, pool }, challenge.sealed)
    },
  }
}
