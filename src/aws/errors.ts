// AWS's errors in the user's words, and the named rules for those that pass by themselves.
// The only file that matches names and messages of AWS errors.
import { AppError, exitCodes } from '../errors.ts'
import { unreachable } from './unreachable.ts'

/** Name and message of whatever was thrown; both empty for what is not an Error. */
function read(error: unknown): { name: string; message: string } {
  return error instanceof Error ? error : { name: '', message: '' }
}

const notFoundNames = new Set([
  'ResourceNotFoundException',
  'NoSuchEntityException',
  'NoSuchEntity',
  'ParameterNotFound',
  // What SSM says of a missing parameter when asked for its tags.
  'InvalidResourceId',
  'UserNotFoundException',
])

export function isNotFound(error: unknown): boolean {
  return notFoundNames.has(read(error).name)
}

/** Runs a read and turns «there is no such thing» into undefined. */
export async function ifFound<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/**
 * Something of that name is there already: EntityAlreadyExists (IAM), ResourceAlreadyExists (Logs),
 * ParameterAlreadyExists (SSM). Lambda says ResourceConflict, which it also says for a change under way.
 */
export function isAlreadyThere(error: unknown): boolean {
  const { name, message } = read(error)
  return (
    /AlreadyExists/.test(name) || (name === 'ResourceConflictException' && /already exists?/i.test(message))
  )
}

/** A role that still has policies (IAM's view of itself lags a little behind their removal). */
export function isDeleteConflict(error: unknown): boolean {
  return /^DeleteConflict(Exception)?$/.test(read(error).name)
}

/**
 * The call may have been carried out although no answer came: the connection broke, it took too long, or
 * the service failed inside. Repeating it blindly could do it twice.
 */
export function isOutcomeUnclear(error: unknown): boolean {
  const { name } = read(error)
  const { $metadata, code } = (error ?? {}) as { $metadata?: { httpStatusCode?: number }; code?: string }
  return (
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    name === 'TimeoutError' ||
    ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'].includes(code ?? '')
  )
}

/**
 * What a new stage answers while permissions and policies spread: Cognito may not invoke a function yet, or
 * has no answer from it.
 */
export function isTriggerNotReady(error: unknown): boolean {
  return /^(UnexpectedLambda|UserLambdaValidation|InvalidLambdaResponse)Exception$/.test(read(error).name)
}

/**
 * Lambda cannot use a role yet: its trust policy, or the grant for the key of the environment, has not
 * spread. Passes within seconds (the messages are those that Terraform and Chalice retry on).
 */
export function isRoleNotReady(error: unknown): boolean {
  const { name, message } = read(error)
  return (
    (name === 'InvalidParameterValueException' &&
      /cannot be assumed by Lambda|execution role does not have permissions|KMS key is invalid for CreateGrant/.test(
        message,
      )) ||
    (/CreateGrant/.test(message) && /does not refer to a valid principal/.test(message))
  )
}

/** Another change of the same function is under way (Lambda answers 409). */
export function isUpdateInProgress(error: unknown): boolean {
  const { name, message } = read(error)
  return (
    name === 'ResourceConflictException' &&
    /update is in progress|concurrent update|following state: (Pending|Creating)|currently in the following state/i.test(
      message,
    )
  )
}

/** A change of the same resource collided with ours; read again and repeat. */
export function isConcurrentChange(error: unknown): boolean {
  const { name } = read(error)
  return [
    'ConcurrentModificationException',
    'OperationAbortedException',
    'PreconditionFailedException',
    'TooManyUpdates',
  ].includes(name)
}

/** A table that is still being created or deleted. */
export function isTableBusy(error: unknown): boolean {
  return read(error).name === 'ResourceInUseException'
}

/** DynamoDB takes one change of a table's expiry an hour. */
export function isTooSoon(error: unknown): boolean {
  const { name, message } = read(error)
  return name === 'ValidationException' && /modified multiple times within a fixed interval/.test(message)
}

/** A write whose condition does not hold: somebody else was there before. */
export function isConditionFailed(error: unknown): boolean {
  return read(error).name === 'ConditionalCheckFailedException'
}

export function isAccessDenied(error: unknown): boolean {
  const { name, message } = read(error)
  return (
    /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError)$/.test(name) ||
    (name === 'NotAuthorizedException' && /is not authorized to perform/.test(message))
  )
}

const badCredentialNames = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'TokenRefreshRequired',
])

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
      next: ['whatsapp-otp policy   prints the permissions that are needed'],
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
  return new AppError('AWS_ERROR', failed, {
    why: name && name !== 'Error' ? `${name}: ${firstSentence(message)}` : firstSentence(message),
    next: ['run the same command again; it is safe to repeat'],
    cause: error,
  })
}

/** There are no credentials, they have expired, or AWS does not know them. */
export function isWithoutCredentials(error: unknown): boolean {
  const { name, message } = read(error)
  return badCredentialNames.has(name) || /Could not load credentials|SSO session.*expired/i.test(message)
}

/** AWS does not know the credentials: or not in this region, where the account has not enabled it. */
export function isUnknownHere(error: unknown): boolean {
  return ['InvalidClientTokenId', 'UnrecognizedClientException', 'AuthFailure', 'OptInRequired'].includes(
    read(error).name,
  )
}

/**
 * Exit code 4: no credentials, expired ones, or ones that AWS does not know. `sso` is the profile to sign in to
 * again, where the credentials come from SSO.
 */
export function noCredentials(error: unknown, sso?: string): AppError {
  const { name, message } = read(error)
  const isSso = sso !== undefined || /SSO/i.test(message)
  const expired = /Expired/i.test(name) || /expired/i.test(message)
  const why = isSso
    ? 'the SSO session of this profile has expired or was never started'
    : expired
      ? 'the credentials have expired'
      : /^(CredentialsProviderError|TokenProviderError)$/.test(name)
        ? firstSentence(message)
        : 'AWS does not know these credentials'
  return new AppError('NO_CREDENTIALS', 'There are no usable AWS credentials', {
    why,
    next: isSso
      ? [`aws sso login${sso === 'default' ? '' : ` --profile ${sso ?? '<profile>'}`}`]
      : [
          'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
          'no account yet? whatsapp-otp demo',
        ],
    exitCode: exitCodes.credentials,
    cause: error,
  })
}

function firstSentence(message: string): string {
  const line = message.split('\n')[0] ?? ''
  return line.length > 200 ? `${line.slice(0, 200)}…` : line.replace(/\.$/, '')
}
