// The attributes of a standard queue that can be set: their values unless told, and what SQS takes for them.

import { readObject } from '../protocol/body.ts'
import { invalidValue, notOffered, unknown } from './faults.ts'

/** As SQS keeps and shows them: every value a text. */
export type Attributes = Record<string, string>

export const defaults = {
  VisibilityTimeout: '30',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
}

const ranges: Record<string, [least: number, most: number]> = {
  VisibilityTimeout: [0, 43_200],
  MaximumMessageSize: [1_024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
}

const absent: Record<string, string> = {
  FifoQueue: 'FIFO queues',
  RedrivePolicy: 'dead-letter queues',
  RedriveAllowPolicy: 'dead-letter queues',
  KmsMasterKeyId: 'keys of KMS',
  KmsDataKeyReusePeriodSeconds: 'keys of KMS',
}

/** What a queue may have been asked for without ever having it. */
export const isOptional = (name: string) =>
  name === 'Policy' || (Object.hasOwn(absent, name) && name !== 'FifoQueue')

/** Refuses names and values that a standard queue does not take. */
export function checkAttributes(given: Attributes): Attributes {
  for (const [name, value] of Object.entries(given)) checkAttribute(name, value)
  return given
}

function checkAttribute(name: string, value: string): void {
  // Of a standard queue it cannot even be said that it is none.
  if (Object.hasOwn(absent, name) && value !== 'false') throw notOffered(absent[name] ?? name)
  if (name === 'SqsManagedSseEnabled') {
    if (value !== 'true' && value !== 'false') throw invalidValue(name)
    return
  }
  if (name === 'Policy') {
    if (value !== '' && !readObject(Buffer.from(value))?.Statement) throw invalidValue(name)
    return
  }
  const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined
  if (!range) throw unknown(name)
  if (!/^\d+$/.test(value) || !isWithin(Number(value), range)) throw invalidValue(name)
}

/** Whether a number is whole and within both ends. */
export const isWithin = (value: number, [least, most]: readonly [number, number]) =>
  Number.isInteger(value) && value >= least && value <= most
