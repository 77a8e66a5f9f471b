// What nobody outside AWS and SendZen knows for sure: a switch for each matter, so that the sandbox can be either way.

/** Of each matter the ways it may be; the first is how the sandbox is unless it is told otherwise. */
export const unsettled = {
  /** Whether a pool takes triggers whose functions do not exist. */
  poolFunctions: ['unchecked', 'checked'],
  /** Whether the tags of a new pool, and permissions that depend on them, count at once. */
  poolTags: ['at-once', 'late'],
  /** What giving tags to a new pool takes besides `CreateUserPool`, and which tags that pool has by then. */
  tagOnCreate: ['nothing', 'tag-tagged', 'tag-untagged'],
  /** Whether custom authentication needs a higher tier than Lite. */
  liteTriggers: ['run', 'refused'],
  /** How ACR, DCR, key and issuer settings that nobody made read back: absent, or with defaults, which Lite refuses. */
  poolReadBack: ['plain', 'merged'],
  /** Whether what the model says is kept is kept where UpdateUserPool omits it, or reset as everything else. */
  omittedPoolFields: ['kept', 'reset'],
  /** Whether a client that was given no list of writable attributes may write custom ones. */
  omittedWriteAttributes: ['standard', 'all'],
  /** What triggers are told instead of the name of a user who does not exist. */
  standInName: ['stable', 'changing', 'typed'],
  /** Whether tokens carry what Verify wrote in the same call. */
  freshProof: ['included', 'missing'],
  /** How often a trigger that does not answer in time is invoked. */
  triggerAttempts: ['three', 'one', 'five'],
  /** Whether an invocation that Cognito gave up goes on. */
  lateInvocation: ['goes-on', 'stops'],
  /** Wrong answers that end a sign-in by themselves, those that ask for another message included. */
  rounds: ['unlimited', 'three'],
  /** Whether a user who is not confirmed gets as far as the triggers. */
  unconfirmedSignIn: ['refused', 'runs'],
  /** Whether signing up by number takes a client that may write `phone_number`. */
  signUpNumber: ['free', 'must-be-writable'],
  /** A sign-up that names `phone_number` through a client that may not write it. */
  namedNumber: ['refused', 'accepted'],
  /** Whether PreSignUp sees `phone_number` where the sign-up only has it as its user name. */
  preSignUpNumber: ['given', 'absent'],
  /** Whether PreSignUp is asked about a number that has a user, before the sign-up is refused. */
  takenSignUp: ['refused', 'asked'],
  /** Whether a sign-up that PreSignUp confirms runs PostConfirmation. */
  postConfirmation: ['runs', 'skipped'],
  /** Whether a new permission of a function counts at once. */
  permissionSpread: ['at-once', 'late'],
  /** The permission that a text message to a number takes. */
  smsPermission: ['sns', 'sms-voice'],
  /** The status of a message that SendZen has accepted. */
  sendzenStatus: ['200', '202'],
  /** How SendZen gives a recipient back: in the answer as it was sent and in the log as Meta's digits, or alike. */
  sendzenRecipient: ['mixed', 'as-sent', 'digits'],
} as const satisfies Record<string, readonly [string, string, ...string[]]>

export type Matter = keyof typeof unsettled

/** One way for each matter. */
export type Unsettled = { [M in Matter]: (typeof unsettled)[M][number] }

export const matters = Object.keys(unsettled) as Matter[]

/** How it is where nothing else is said. */
export const assumed = Object.fromEntries(
  matters.map((matter) => [matter, unsettled[matter][0]]),
) as Unsettled

/** Understands `name=value`; undefined for a matter or a way that there is not. */
export function parseWay(text: string): Partial<Unsettled> | undefined {
  const [matter = '', way = ''] = text.split('=')
  if (!Object.hasOwn(unsettled, matter)) return undefined
  const ways: readonly string[] = unsettled[matter as Matter]
  return ways.includes(way) ? { [matter]: way } : undefined
}

/** Every single deviation from what is assumed. */
export const deviations: readonly Partial<Unsettled>[] = matters.flatMap((matter) =>
  unsettled[matter].slice(1).map((way) => ({ [matter]: way })),
)
