// AWS's errors in the user's words: what failed, why, and what to do; an answer that never came among them.
import { AppError, exitCodes, runAgain } from '../errors.ts'
import { failedCall } from './calls.ts'
import { services } from './endpoints.ts'
import {
  isAccessDenied,
  isFinal,
  isUnknownHere,
  isUnsupported,
  isWithoutCredentials,
  read,
} from './errors.ts'

/** A title of a step, as `toAppError` wants what was being done: «Replace the key» is «replace the key». */
export const doing = (title: string) => title.replace(/^./, (first) => first.toLowerCase())

/**
 * Turns what the SDK threw into an AppError. `doing` completes «Could not …» in the user's words, as in
 * «create the user pool». AppErrors pass through unchanged. AWS's messages name the caller and the action,
 * never a secret of ours, and are shown as the reason.
 */
export function toAppError(error: unknown, doing: string): AppError {
  if (error instanceof AppError) return error
  if (error instanceof Error && error.name === 'UnclearOutcome') {
    return toAppError((error as Error & { reason?: unknown }).reason, doing)
  }
  const { name, message } = read(error)
  const failed = `Could not ${doing}`
  if (isWithoutCredentials(error)) return noCredentials(error)
  if (/Region is missing/.test(message)) {
    return new AppError('REGION_MISSING', 'No AWS region is set', {
      why: 'neither --region nor AWS_REGION nor the profile names one',
      next: ['whatsapp-otp <command> --region eu-central-1'],
      exitCode: exitCodes.usage,
    })
  }
  if (isAccessDenied(error)) {
    const action = /not authorized to perform: ([\w:-]+)/.exec(message)?.[1]
    return new AppError('ACCESS_DENIED', failed, {
      why: action ? `these credentials may not call ${action}` : firstSentence(message),
      next: ['whatsapp-otp policy   prints the permissions that are needed', ...forOnePool(message)],
      cause: error,
    })
  }
  if (name === 'OptInRequired') {
    return new AppError('REGION_DISABLED', failed, {
      why: `this account has not enabled the region, or not subscribed to the service (${firstSentence(message)})`,
      next: ['enable it in the AWS console, below Account', 'choose another region with --region'],
      cause: error,
    })
  }
  const silent = unreachable(error, failed)
  if (silent) return silent
  const call = failedCall(error)
  const why = name && name !== 'Error' ? `${name}: ${firstSentence(message)}` : firstSentence(message)
  if (isUnsupported(error)) {
    return new AppError('AWS_UNSUPPORTED', failed, {
      why: `${call ? `${call.service} does not offer ${call.operation} here` : 'the operation is not offered here'} (${why})`,
      next: ['whatsapp-otp dev   is an emulator that has all of it', 'choose another region with --region'],
      cause: error,
    })
  }
  return new AppError('AWS_ERROR', failed, {
    why,
    next: [isFinal(error) ? 'run the same command with --debug for the whole of what AWS said' : runAgain],
    cause: error,
  })
}

/**
 * Exit code 4: no credentials, expired ones, or ones that AWS does not know. `sso` is the profile to sign in to
 * again, where the credentials come from SSO.
 */
export function noCredentials(error: unknown, sso?: string): AppError {
  const { name, message } = read(error)
  const isSso = sso !== undefined || /SSO/i.test(message)
  const expired = /Expired/i.test(name) || /expired/i.test(message)
  const elsewhere = isUnknownHere(error) && otherThanSts(error)
  const why = isSso
    ? 'the SSO session of this profile has expired or was never started'
    : expired
      ? 'the credentials have expired'
      : /^(CredentialsProviderError|TokenProviderError)$/.test(name)
        ? firstSentence(message)
        : elsewhere
          ? `${elsewhere} does not know these credentials, which STS knows: the account may not have enabled the region`
          : 'AWS does not know these credentials'
  return new AppError('NO_CREDENTIALS', 'There are no usable AWS credentials', {
    why,
    next: isSso
      ? [`aws sso login${sso === 'default' ? '' : ` --profile ${sso ?? '<profile>'}`}`]
      : [
          ...(elsewhere ? ['choose another region with --region'] : []),
          'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
          'no account yet? whatsapp-otp demo',
        ],
    exitCode: exitCodes.credentials,
    cause: error,
  })
}

/** STS is asked before all others; undefined for itself. */
function otherThanSts(error: unknown): string | undefined {
  const service = failedCall(error)?.service
  return service === services.sts[0] ? undefined : service
}

/** The policy of a stage reaches no pool but its own: taking one over has a policy of its own. */
function forOnePool(message: string): string[] {
  const [, id] = /cognito-idp:\w+ on resource: arn:\S+:userpool\/([\w-]+_\w+)/.exec(message) ?? []
  return id ? [`whatsapp-otp policy --adopt ${id}   prints those for taking over that pool`] : []
}

function firstSentence(message: string): string {
  const line = message.split('\n')[0] ?? ''
  return line.length > 200 ? `${line.slice(0, 200)}…` : line.replace(/\.$/, '')
}

const untrusted =
  /^(UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|(DEPTH_ZERO_)?SELF_SIGNED_CERT.*|CERT_\w+|ERR_TLS_CERT_\w+)$/
const unconnected = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/**
 * AWS_UNREACHABLE where the error says that no answer came, AWS_ANSWER_UNREADABLE where it was somebody else's;
 * undefined for every other.
 */
function unreachable(error: unknown, failed: string): AppError | undefined {
  const { name = '', code = '', message = '' } = (error ?? {}) as Partial<Record<string, string>>
  const tell = (why: string, next: string) =>
    new AppError('AWS_UNREACHABLE', failed, { why, next: [next], cause: error })
  const call = failedCall(error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return tell(
      'the address of the AWS service was not found: the region may not exist, or there is no network',
      'check --region and the network, then run the same command again',
    )
  }
  if (code === 'EPROXY') {
    return tell(message, 'check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, then run the same command again')
  }
  if (untrusted.test(code)) {
    return tell(
      `the certificate that ${call?.service ?? 'AWS'} shows is not trusted (${code})`,
      'behind a proxy that opens TLS, set AWS_CA_BUNDLE to the file with its certificate',
    )
  }
  if (name === 'UnreadableAnswer') {
    return new AppError('AWS_ANSWER_UNREADABLE', failed, {
      why: call ? `${message}, to ${call.service} ${call.operation}` : message,
      next: ['check the network: a proxy or a sign-in page may stand in between', runAgain],
      cause: error,
    })
  }
  if (name === 'TimeoutError') {
    const what = call ? `${call.service} did not answer ${call.operation}` : 'AWS did not answer'
    return tell(`${what} ${call ? `in ${seconds(call.ms)}` : 'in time'} (${code || 'time-out'})`, runAgain)
  }
  if (unconnected.has(code)) {
    const whom = call ? `${call.service} for ${call.operation}` : 'AWS'
    return tell(`no connection to ${whom} (${code})`, runAgain)
  }
  return undefined
}

const seconds = (ms: number) => (ms < 1_000 ? 'less than a second' : `${Math.round(ms / 1_000)} s`)
