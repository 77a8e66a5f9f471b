// What Lambda remembers of a function: as it is, as it was published, and who may invoke it.

import type { PolicyStatement } from '../../account/policy.ts'
import type { FunctionSettings } from './settings.ts'
import type { FunctionTrouble } from './trouble.ts'

export interface Code {
  zip: Buffer
  sha256: string
}

/** A function's own address. */
export interface FunctionUrl {
  id: string
  authType: 'NONE' | 'AWS_IAM'
  madeAt: number
}

/** The statements that let others invoke a function, or one of its versions or aliases. */
export interface ResourcePolicy {
  statements: PolicyStatement[]
  /** From when on a statement counts, by its id. */
  countsFrom: Map<string, number>
}

/** A version: what the function was when it was published, for good. */
export interface Published {
  version: string
  settings: FunctionSettings
  code: Code
  roleId: string
  description: string
  madeAt: number
  revision: string
}

/** A name for a version that may be another one later. */
export interface Alias {
  version: string
  description: string
  revision: string
}

export interface LambdaFunction extends ResourcePolicy {
  name: string
  arn: string
  settings: FunctionSettings
  code: Code
  /** Oldest first; numbers are not given again. */
  published: Published[]
  lastVersion: number
  aliases: Map<string, Alias>
  /** Of its versions and aliases: the function's own is for none of them. */
  qualified: Map<string, ResourcePolicy>
  /** What runs while an update is under way. */
  before?: { settings: FunctionSettings; code: Code }
  /** The role's hidden id when the function last took the role: its grants are bound to it. */
  roleId: string
  tags: Record<string, string>
  revision: string
  modifiedAt: number
  activeAt: number
  updatedAt: number
  goneAt: number | undefined
  concurrency: number | undefined
  url: FunctionUrl | undefined
  trouble: FunctionTrouble | undefined
}

/** A function as a call names it: itself, or by a version or an alias. */
export interface Target {
  fn: LambdaFunction
  qualifier: string | undefined
  /** With the qualifier. */
  arn: string
  /** What runs: undefined for the function itself. */
  published: Published | undefined
  policy: ResourcePolicy
}
