// What nobody outside AWS and SendZen knows for sure: the ways each matter may be, and what this tool does in each.

export interface Assumption {
  /** The sandbox's switch of this name plays it; see src/sandbox/account/unsettled.ts. */
  id: string
  matter: string
  /** What it means to be one way, by the sandbox's name for that way; the first is what is usually assumed. */
  ways: Readonly<Record<string, string>>
  /** What this tool does, so that all of them are fine. */
  does: string
  /** How it, or whoever looks after a stage, learns which way it is. */
  learns: string
}

/** The one table; docs/assumptions.md is made of it. */
export const assumptions: readonly Assumption[] = [
  {
    id: 'poolFunctions',
    matter: 'A user pool is given triggers whose functions do not exist yet',
    ways: {
      unchecked: 'Cognito takes them: only ARNs are looked at',
      checked: 'CreateUserPool and UpdateUserPool are refused',
    },
    does: 'makes pool and functions at the same time; refused, it makes the pool without triggers, then the functions, and adds the triggers with one update. An update that is refused waits as a whole, so that a trigger that works is never taken away. A run that is cut off in between is finished by the next one',
    learns: 'by the refusal, at the first deploy',
  },
  {
    id: 'poolTags',
    matter: 'The tags of a pool that was just made',
    ways: {
      'at-once': 'DescribeUserPool shows them and permissions follow them at once',
      late: 'both take some seconds',
    },
    does: 'goes by the id that CreateUserPool answered. For the first minutes of a pool, what is refused for want of permission is repeated for half a minute, one that looks like ours but shows no tags is looked at again as long before it counts as somebody else’s, and every update gives the tags again',
    learns: 'by the refusal',
  },
  {
    id: 'tagOnCreate',
    matter: 'What giving tags to a new pool takes besides `cognito-idp:CreateUserPool`',
    ways: {
      nothing: 'nothing, as the service authorization reference has it',
      'tag-tagged': '`cognito-idp:TagResource` on a pool that counts as having them already',
      'tag-untagged': '`cognito-idp:TagResource` on a pool without any',
    },
    does: 'the printed policy lets nobody tag a pool that is not the stage’s by its tags: whoever may tag any new pool may tag any pool. In the last case the first deploy is refused, and says that an administrator has to make it once; after that the policy is enough',
    learns: 'by the refusal, at the first deploy with the printed policy',
  },
  {
    id: 'liteTriggers',
    matter: 'Custom authentication in the Lite tier',
    ways: { run: 'its triggers run in every tier', refused: 'it takes Essentials' },
    does: 'deploys Lite unless it is told otherwise, and lowers no tier that somebody has raised; a refusal names the feature and USER_POOL_TIER',
    learns: 'by the refusal, or by the sign-in at the end of a deploy',
  },
  {
    id: 'poolReadBack',
    matter: 'Settings of a pool that nobody ever made (ACR, DCR, keys, issuer)',
    ways: {
      plain: 'they read back as nothing',
      merged: 'they read back with defaults, and Lite refuses them when they are sent again',
    },
    does: 'sends back what it has read, fields that it does not know included, but these only where a member differs from the defaults: then all of it',
    learns: 'it need not',
  },
  {
    id: 'omittedPoolFields',
    matter: 'Fields that UpdateUserPool is not given',
    ways: { kept: 'some stay, some are reset', reset: 'all are reset, protection and tags included' },
    does: 'always sends everything that it has read',
    learns: 'it need not',
  },
  {
    id: 'omittedWriteAttributes',
    matter: 'An app client without a list of writable attributes',
    ways: { standard: 'may write the standard ones', all: 'may write custom ones too' },
    does: 'always gives the list, without what proves a number',
    learns: 'it need not',
  },
  {
    id: 'standInName',
    matter: 'What triggers are told instead of the name of a user who does not exist',
    ways: {
      stable: 'the same name for the same number',
      changing: 'another name each time',
      typed: 'the number itself',
    },
    does: 'keeps counters for a stable name. Where names change nothing can be counted for a stranger, so that a challenge says nothing to anybody that comes from outside of its own session: a message that was held back or failed is told as `sent`, the log has the reason, and all strangers share a few items of the table',
    learns:
      'at the end of each deploy, which asks twice for a number that nobody has; until then it counts as changing',
  },
  {
    id: 'freshProof',
    matter: 'The tokens of the sign-in that proves a number',
    ways: {
      included: 'carry `phone_number_verified` and `custom:whatsapp_verified`',
      missing: 'carry them after the first refresh',
    },
    does: '`login` says so; an app refreshes once where they are missing. A backend that must not depend on it asks GetUser with the access token',
    learns: '`whatsapp-otp login` with a number that has not been proven',
  },
  {
    id: 'triggerAttempts',
    matter: 'How often Cognito invokes a trigger that does not answer in time',
    ways: { three: 'three times', one: 'once', five: 'five times' },
    does: 'no rule counts on a number or on a time: as long as no new message may be sent (RESEND_COOLDOWN_SECONDS), what one invocation has reserved is given to each later one',
    learns: 'it need not',
  },
  {
    id: 'lateInvocation',
    matter: 'An invocation that Cognito has given up',
    ways: { 'goes-on': 'runs to its end', stops: 'is frozen or ended' },
    does: 'only the invocation that has reserved a message sends it, at most once; where it is stopped before, a resend brings the code',
    learns: 'it need not',
  },
  {
    id: 'rounds',
    matter: 'How many wrong answers a sign-in takes',
    ways: {
      unlimited: 'DefineAuthChallenge decides',
      three: 'the third one ends it, and a request for another message is one',
    },
    does: 'three tries a code are the default; the next start sends a new code when the pause is over',
    learns: 'it need not',
  },
  {
    id: 'unconfirmedSignIn',
    matter: 'Custom authentication of a user who is not confirmed',
    ways: { refused: 'UserNotConfirmedException', runs: 'the triggers run' },
    does: 'confirms every user at sign-up; what counts is the proof of the number',
    learns: 'it need not',
  },
  {
    id: 'signUpNumber',
    matter: 'Signing up by number through a client that may not write `phone_number`',
    ways: { free: 'the user name is no write', 'must-be-writable': 'is refused' },
    does: 'the signup client may write it',
    learns: 'it need not',
  },
  {
    id: 'namedNumber',
    matter: 'A sign-up that names `phone_number` through a client that may not write it',
    ways: { refused: 'NotAuthorizedException', accepted: 'is taken, as it equals the user name' },
    does: 'the signup client may write it; through the login client nobody signs up',
    learns: 'it need not',
  },
  {
    id: 'preSignUpNumber',
    matter: 'Whether PreSignUp sees the number of a sign-up that has it as its user name only',
    ways: { given: 'as the attribute `phone_number`', absent: 'nowhere' },
    does: 'PreSignUp judges the country of a number that it sees; CreateAuthChallenge judges it again before anything is sent',
    learns: 'it need not',
  },
  {
    id: 'takenSignUp',
    matter: 'A sign-up with a number that has a user already',
    ways: {
      refused: 'UsernameExistsException, and PreSignUp is not asked',
      asked: 'PreSignUp is asked first, and UsernameExistsException comes afterwards',
    },
    does: 'PreSignUp looks the number up: one that its user has proven is not counted as a sign-up and passes where the caps are reached, so that an app that signs up first and then in hears of the user from Cognito',
    learns: 'it need not',
  },
  {
    id: 'postConfirmation',
    matter: 'PostConfirmation after a sign-up that PreSignUp confirms',
    ways: { runs: 'is invoked', skipped: 'is not' },
    does: 'its function changes nothing; who has signed up is marked as such with the first proof',
    learns: 'it need not',
  },
  {
    id: 'permissionSpread',
    matter: 'A permission or policy that was just written',
    ways: { 'at-once': 'counts at once', late: 'counts after some seconds' },
    does: 'the sign-in at the end of a deploy is tried for half a minute',
    learns: 'by waiting',
  },
  {
    id: 'smsPermission',
    matter: 'What a text message to a number takes',
    ways: { sns: 'sns:Publish', 'sms-voice': 'sms-voice:SendTextMessage besides' },
    does: 'with SMS_FALLBACK the function that sends may do both; topics stay out of reach',
    learns: 'it need not',
  },
  {
    id: 'sendzenStatus',
    matter: 'How SendZen answers a message that it has accepted',
    ways: { '200': 'HTTP 200', '202': 'HTTP 202' },
    does: 'takes every 2xx whose body names the message',
    learns: 'it need not',
  },
  {
    id: 'sendzenRecipient',
    matter: 'How SendZen gives a recipient back',
    ways: {
      mixed: 'in the answer as it was sent, in the log as digits alone',
      'as-sent': 'everywhere as it was sent, with its plus',
      digits: 'everywhere as digits alone',
    },
    does: 'compares digits',
    learns: 'it need not',
  },
]
