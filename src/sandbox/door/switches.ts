// What can be broken by a switch, and stays so until it is switched back.
import type { Fault, Faults } from '../account/faults.ts'
import { account } from '../sendzen/account.ts'
import type { SendZenControl } from '../sendzen/control.ts'

export interface Switch {
  id: string
  /** What is so while it is on. */
  says: string
  isOn: boolean
}

interface Way {
  says: string
  isOn(): boolean
  set(isOn: boolean): void
}

const always = Number.MAX_SAFE_INTEGER

/** Throws RangeError for a switch that there is not. */
export function createSwitches(sendzen: SendZenControl, faults: Faults) {
  /** Faults that hit every call from now on. */
  function broken(says: string, ...hits: Fault[]): Way {
    let mend: (() => void) | undefined
    return {
      says,
      isOn: () => mend !== undefined,
      set(isOn) {
        mend?.()
        mend = isOn ? faults.add(...hits.map((fault) => ({ ...fault, times: always }))) : undefined
      },
    }
  }

  let template: 'APPROVED' | 'PAUSED' = 'APPROVED'
  const ways: Record<string, Way> = {
    outage: {
      says: 'SendZen is down (503)',
      isOn: () => sendzen.outage,
      set: (isOn) => {
        sendzen.outage = isOn
      },
    },
    revoked: {
      says: 'SendZen takes the key no more (401)',
      isOn: () => sendzen.revoked,
      set: (isOn) => {
        sendzen.revoked = isOn
      },
    },
    slow: {
      says: 'SendZen answers after 6 s',
      isOn: () => sendzen.slowMs > 0,
      set: (isOn) => {
        sendzen.slowMs = isOn ? 6_000 : 0
      },
    },
    template: {
      says: `The template ${account.template} is paused by Meta`,
      isOn: () => template === 'PAUSED',
      set: (isOn) => {
        template = isOn ? 'PAUSED' : 'APPROVED'
        sendzen.setTemplate(account.template, template)
      },
    },
    table: broken('DynamoDB fails', { service: 'dynamodb', kind: 'fail-before' }),
    slowTable: broken('DynamoDB answers after 2 s', { service: 'dynamodb', kind: 'slow', ms: 2_000 }),
    secrets: broken('SSM fails: functions that start get no keys', { service: 'ssm', kind: 'fail-before' }),
    proof: broken('Cognito does not take the proof of a number', {
      service: 'cognito-idp',
      operation: 'AdminUpdateUserAttributes',
      kind: 'fail-before',
    }),
    throttled: broken('Cognito answers sign-ins with «too many requests»', {
      service: 'cognito-idp',
      operation: 'InitiateAuth',
      kind: 'throttle',
    }),
    sms: broken('SNS sends no SMS', { service: 'sns', operation: 'Publish', kind: 'fail-before' }),
  }

  return {
    list: (): Switch[] => Object.entries(ways).map(([id, way]) => ({ id, says: way.says, isOn: way.isOn() })),
    set(id: string, isOn: boolean): void {
      const way = Object.hasOwn(ways, id) ? ways[id] : undefined
      if (!way) throw new RangeError(`There is no switch ${id}.`)
      if (way.isOn() !== isOn) way.set(isOn)
    },
  }
}
