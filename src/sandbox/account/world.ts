// Where everything in the sandbox happens: one account in one region, one clock, one set of delays.

import type { Chance } from './chance.ts'
import type { Unsettled } from './unsettled.ts'

/**
 * How long things take, in milliseconds; 0 is at once. All but `call` go by the sandbox's clock, so moving
 * the clock passes them.
 */
export interface Delays {
  /** Every AWS call waits this long, in real time, before it is looked at. */
  call: number
  /** A new role, and a new or changed inline policy, count only when this has passed. */
  roleUsable: number
  /** A new function stays Pending, an updated one InProgress, and an event source mapping unsettled, for this long. */
  functionPending: number
  /** A new table stays CREATING, a deleted one DELETING, for this long. */
  table: number
  /** A deleted function, event source mapping, queue or user pool can still be read for this long. */
  deletion: number
  /** The tags of a new pool count only when this has passed, where `poolTags` is `late`. */
  poolTags: number
  /**
   * Where `permissionSpread` is `late`, a new or changed statement of a function's policy, inline policy or
   * boundary of a role counts only when this has passed.
   */
  permission: number
}

/** The last two only matter in worlds that are late with them. */
export const noDelays: Delays = {
  call: 0,
  roleUsable: 0,
  functionPending: 0,
  table: 0,
  deletion: 0,
  poolTags: 4_000,
  permission: 3_000,
}

/** Close to AWS. */
export const lifelike: Delays = {
  call: 120,
  roleUsable: 8_000,
  functionPending: 2_000,
  table: 5_000,
  deletion: 1_000,
  poolTags: 4_000,
  permission: 5_000,
}

/** How long a permission that is written now takes to count. */
export const spreadOf = ({ delays, unsettled }: Pick<World, 'delays' | 'unsettled'>): number =>
  unsettled.permissionSpread === 'late' ? delays.permission : 0

/** One thing that exists in the account, for proofs that nothing is left. */
export interface InventoryItem {
  /** In words, as `user pool client`. */
  kind: string
  name: string
}

export interface World {
  account: string
  region: string
  partition: string
  /** Where ids and keys come from. */
  chance: Chance
  /** Gives the private key that all pools sign tokens with, as PKCS #8 in PEM; a new one where absent. */
  tokenKey?: (() => Promise<string>) | undefined
  /** `http://127.0.0.1:<port>`, known once the server listens. */
  endpoint: string
  delays: Delays
  /** How AWS and SendZen are where nobody knows; looked at anew for each call. */
  unsettled: Unsettled
  /** The sandbox's own time in epoch milliseconds. */
  now(): number
  /** Waits in real time, however the sandbox's clock stands. */
  sleep(ms: number): Promise<void>
  /** Page size for lists, deliberately small so that paging is exercised. */
  pageSize: number
  /** SNS keeps the account in its sandbox. */
  smsSandbox?: boolean
}
