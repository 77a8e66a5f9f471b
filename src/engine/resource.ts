// What a resource is to the stack: the same few verbs for every kind, and the words a plan is made of.
import type { Aws } from '../aws/clients.ts'
import type { FunctionName, Place, Trigger } from '../names.ts'
import type { Secrets, SettingKey, Settings } from '../settings/schema.ts'

/** The zip of a trigger, ready for upload. `sha256` is base64, as Lambda's CodeSha256. */
export interface Artifact {
  zip: Uint8Array
  sha256: string
}

/** Everything that is known before AWS is asked. */
export interface Inputs {
  place: Place
  settings: Settings
  /** Those that the user has given now, by flag, variable, file or answer; the others are the record's or the default. */
  said: ReadonlySet<SettingKey>
  secrets: Secrets
  artifacts: Record<FunctionName, Artifact>
  /** This tool's version, noted in the stage record. */
  version: string
}

/** Ids that AWS gives; undefined until the resource exists («known after apply»). */
export interface StageIds {
  userPoolId?: string | undefined
  signupClientId?: string | undefined
  loginClientId?: string | undefined
}

export interface Refs extends StageIds, Partial<Record<RoleRef | FunctionRef | FormerRef, string>> {
  /** Where delivery reports are posted to; undefined while there is no such address. */
  reportUrl?: string | undefined
  /** The queue of messages that an SMS may have to follow; undefined while there is none. */
  fallbackQueueUrl?: string | undefined
  /** What the stage record remembers: where to look first, not a proof that it still exists. */
  recorded?: (StageIds & { formerTriggers?: FormerTriggers }) | undefined
  /** The parameter that an older version kept its secrets in; undefined once everything has moved. */
  formerSecrets?: string
  /** When the pool was made, in epoch milliseconds: what goes by its tags may not work at once. */
  userPoolSince?: number | undefined
  /** In a pool of others: the function that Cognito called before ours, by trigger, with its alias or version. */
  formerTriggers?: FormerTriggers
  /** Attributes without which the pool takes no user, where another tool has made it so: its clients may write them. */
  requiredAttributes?: readonly string[]
}

/** ARNs by trigger; null where Cognito called nobody. */
export type FormerTriggers = Partial<Record<Trigger, string | null>>

/** A role's hidden id (`AROA…`): a role made again under the same name has another one. */
type RoleRef = `roleId:${FunctionName}`

/** The ARN of a function of ours; undefined while there is none. */
type FunctionRef = `functionArn:${FunctionName}`

/** In a pool of others: what a function passes the calls of other app clients on to; undefined for nobody. */
type FormerRef = `former:${Trigger}`

/** What a person or CI must be allowed to do, for the policy that `policy` prints. */
export interface Permission {
  /** With IAM's prefix, as in `iam:GetRole`. */
  actions: readonly string[]
  /** ARNs, as exact as AWS allows. */
  on: readonly string[]
  /** IAM's condition block. */
  when?: Record<string, Record<string, string | string[]>>
  /** Forbids it instead, whatever else allows it. */
  never?: true
}

/** One field that differs. Values are for showing: never a secret, never a whole document. */
export interface Change {
  /** As in `environment.OTP_EXPIRY_MINUTES`. */
  field: string
  from?: string | undefined
  to?: string | undefined
  /** Set when AWS cannot make this change in place: why, and what it would cost. */
  blocked?: string
  /** What to do about a blocked one; where absent, to set the field back. */
  next?: readonly string[]
}

/**
 * What somebody has put beside ours, or has switched off: not ours to take back, since it may be meant, and never
 * passed over in silence. No step changes it.
 */
export interface Danger {
  /** What is there, by its name. */
  what: string
  /** What it makes possible, or impossible. */
  why: string
  /** The command that ends it. */
  next: string
  /** Users cannot sign in while it is there, or somebody can who should not: no stage is well with it. */
  isGrave?: true
}

/**
 * One resource of a stage. A file in `resources/` holds one kind; its factory binds the names.
 * `Want` is computed, `Have` is what AWS says. Methods never print.
 */
export interface Resource<Want, Have> {
  /** As in `function`; part of the JSON output. */
  readonly kind: string
  /** Unique in the stack, as in `function:preSignUp`. */
  readonly id: string
  /** The name in AWS. */
  readonly name: string
  /** Ids of resources that must exist before this one is created or updated. */
  readonly needs: readonly string[]
  /** Ids of resources that are made first where both are made: they find out when AWS is ready for this one, too. */
  readonly makeAfter?: readonly string[]
  /** Ids of resources whose refs are needed before this one can be read. */
  readonly readAfter?: readonly string[]
  /** Ids of resources whose refs `want` goes by, but for those that the record has: read where this one alone is. */
  readonly wantsFrom?: readonly string[]
  /** Ids of resources that must be gone before this one is removed. */
  readonly removeAfter: readonly string[]
  /** The whole that this is a part of: its tags prove that this one is ours, and without it there is none. */
  readonly partOf?: string
  /** Somebody else's, used as it is: never made and never removed, and `detach` takes away what ties it to the stage. */
  readonly isBorrowed?: true
  /** It is removed with this other resource, so that no call is spent on it when both go. */
  readonly goesWith?: string
  /**
   * AWS lets only one of its name be made, and `create` finds that one: two runs may make it at once. All
   * others are played only by the run that holds the stage.
   */
  readonly isMadeOnce?: true
  /**
   * Made by older versions only. A deploy removes one that is there, once everything of `removeAfter` is as it is to
   * be; `diff` says where that cannot be, and `create` and `update` are never called.
   */
  readonly isRetired?: true
  /**
   * False where these settings ask for none: a deploy removes one of ours that is there. Absent for what every stage
   * has. It must not go by what only a complete set of settings has.
   */
  isWanted?(settings: Partial<Settings>): boolean
  /** The retired resource whose content this one takes over when it is made. */
  readonly movesFrom?: string
  /** What reading, making, changing and removing it takes. */
  readonly permissions: readonly Permission[]

  /** Pure. Called again right before the step is played, when more refs are known. */
  want(inputs: Inputs, refs: Refs): Want
  /** What can be asked before the refs of `readAfter` are known; `read` is given the answer. Changes nothing. */
  look?(aws: Aws): Promise<unknown>
  /** Undefined when there is nothing. Changes nothing. */
  read(aws: Aws, refs: Refs, looked?: Promise<unknown>): Promise<Have | undefined>
  /** False when nothing proves that it is ours: tags as a rule. Kinds without tags say true and name `partOf`. */
  isOurs(have: Have): boolean
  /** Pure. Empty when nothing has to change. */
  diff(want: Want, have: Have): Change[]
  /** Pure. What of others is there that whoever looks after the stage has to know of. */
  dangers?(have: Have): Danger[]
  /**
   * Safe to repeat: a half-made one of ours is finished, somebody else's is refused. What cannot be set before
   * others exist may be left out, here and in an update: as long as `diff` names it, it is played once more.
   */
  create(aws: Aws, want: Want): Promise<Have>
  /**
   * Changes exactly the `fields` that a plan has shown, by the names that `diff` gives them; all else stays as it
   * is now, ours included. Never called without a field or with a blocked one. Safe to repeat.
   */
  update(aws: Aws, want: Want, have: Have, fields: ReadonlySet<string>): Promise<Have>
  /** Puts our tags on somebody else's, when the user has agreed. Absent where that cannot be. */
  adopt?(aws: Aws, have: Have): Promise<Have>
  /** What ties it to the rest of the stage, and taking that away, for where it stays when the rest goes. */
  detach?: {
    diff(have: Have): Change[]
    /** Pure. What stays otherwise than it was before the stage, since somebody has changed it. */
    dangers?(have: Have): Danger[]
    /** Takes away exactly the `fields` that a plan has shown. */
    play(aws: Aws, have: Have, fields: ReadonlySet<string>): Promise<Have>
  }
  /** Already gone counts as done. Resolves when it is really gone. */
  remove(aws: Aws, have: Have): Promise<void>
  /** The ids that others may use once this exists. */
  refs?(have: Have): Refs
}

/** A resource whose types nobody outside its own file has to know. */
export type AnyResource = Resource<unknown, unknown>

/** Compares one field; undefined wants are «known after apply» and count as a change. */
export function change(field: string, from: unknown, to: unknown, blocked?: string): Change[] {
  const [a, b] = [show(from), show(to)]
  if (a === b && to !== undefined) return []
  return [
    { field, from: a, to: to === undefined ? '(known after apply)' : b, ...(blocked ? { blocked } : {}) },
  ]
}

/** Of `wanted`, a part of an AWS request, what `fields` name; `fieldOf` says under which field a plan shows a member. */
export function pickFields<T extends object>(
  wanted: T,
  fieldOf: Record<keyof T, string>,
  fields: ReadonlySet<string>,
): Partial<T> {
  const members = Object.entries(wanted).filter(([member]) => fields.has(fieldOf[member as keyof T]))
  return Object.fromEntries(members) as Partial<T>
}

/** Lists compare as sets: AWS gives them back in an order of its own. */
function show(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return [...value].map(String).sort().join(',')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
