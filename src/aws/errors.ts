// AWS's errors by what they mean: the named rules. The only file that matches their names and messages; see words.ts
// for how they are told.

/** Name and message of whatever was thrown; both empty for what is not an Error. */
export function read(error: unknown): { name: string; message: string } {
  return error instanceof Error ? error : { name: '', message: '' }
}

/** The HTTP status of AWS's answer; 0 where there was none. */
function statusOf(error: unknown): number {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } }
  return $metadata?.httpStatusCode ?? 0
}

const notFoundNames = new Set([
  'ResourceNotFoundException',
  'NoSuchEntityException',
  'NoSuchEntity',
  'ParameterNotFound',
  // What SSM says of a missing parameter when asked for its tags.
  'InvalidResourceId',
  'UserNotFoundException',
  // CloudWatch's alarms and dashboards, and SNS's topics.
  'ResourceNotFound',
  'DashboardNotFoundError',
  'NotFoundException',
  'QueueDoesNotExist',
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
 * ParameterAlreadyExists (SSM), QueueNameExists (SQS, of one with other attributes). Lambda says ResourceConflict, which it also says for a change under way.
 */
export function isAlreadyThere(error: unknown): boolean {
  const { name, message } = read(error)
  return (
    /AlreadyExists|^QueueNameExists$/.test(name) ||
    (name === 'ResourceConflictException' && /already exists?/i.test(message))
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
  const { code } = (error ?? {}) as { code?: string }
  return (
    (statusOf(error) >= 500 && !isUnsupported(error)) ||
    name === 'TimeoutError' ||
    name === 'UnreadableAnswer' ||
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
    /update is in progress|concurrent update|following state: (Pending|Creating)|currently in the following state(?!: Failed)/i.test(
      message,
    )
  )
}

/** A pool is given a trigger whose function does not exist; AWS says nowhere in which words. */
export function isFunctionMissing(error: unknown): boolean {
  const { name, message } = read(error)
  return (
    /^(InvalidParameter|ResourceNotFound|InvalidLambda|UnexpectedLambda)\w*$/.test(name) &&
    /lambda|\bfunctions?\b/i.test(message) &&
    /(not|n't|never) (be )?(found|exist)|no such|cannot find|could not find|unknown/i.test(message)
  )
}

/** A user pool's tier does not have a feature that is asked for, or that is in use. */
export function isTierRefused(error: unknown): boolean {
  return /^(TierChangeNotAllowed|FeatureUnavailableInTier)Exception$/.test(read(error).name)
}

/** A field of a request is refused for what it is. */
export function isFieldRefused(error: unknown): boolean {
  return /^(InvalidParameter|Validation|Serialization|UnknownParameter|InvalidRequest)/.test(read(error).name)
}

/** Cognito deletes no pool that is protected, or has a domain: one name for both. */
export function isPoolProtected(error: unknown): boolean {
  const { name, message } = read(error)
  return name === 'InvalidParameterException' && /deletion protection/i.test(message)
}

export function hasDomain(error: unknown): boolean {
  const { name, message } = read(error)
  return name === 'InvalidParameterException' && /\bdomain\b/i.test(message)
}

/** DynamoDB deletes no table that is protected. */
export function isTableProtected(error: unknown): boolean {
  const { name, message } = read(error)
  return name === 'ValidationException' && /protected against deletion|deletion protection/i.test(message)
}

/** A function that Lambda could not make takes no change at all. */
export function isRefusedAsFailed(error: unknown): boolean {
  const { name, message } = read(error)
  return name === 'ResourceConflictException' && /following state: Failed/i.test(message)
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

/** Lambda is at another change of the same function, or somebody was quicker: passes by itself. */
export function isFunctionBusy(error: unknown): boolean {
  return isUpdateInProgress(error) || isConcurrentChange(error)
}

/** A table, or what feeds a function, that is still being created, changed or deleted. */
export function isResourceBusy(error: unknown): boolean {
  return read(error).name === 'ResourceInUseException'
}

/** DynamoDB takes one change of a table's expiry an hour, and four to pay per request in 24 hours. */
export function isTooSoon(error: unknown): boolean {
  const { name, message } = read(error)
  return (
    name === 'LimitExceededException' ||
    (name === 'ValidationException' && /modified multiple times within a fixed interval/.test(message))
  )
}

/** SQS keeps the name of a deleted queue for a minute. */
export function isTooSoonAfterRemoval(error: unknown): boolean {
  return read(error).name === 'QueueDeletedRecently'
}

/** A write whose condition does not hold: somebody else was there before. */
export function isConditionFailed(error: unknown): boolean {
  return read(error).name === 'ConditionalCheckFailedException'
}

export function isAccessDenied(error: unknown): boolean {
  const { name, message } = read(error)
  return (
    /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|AuthorizationError(Exception)?)$/.test(
      name,
    ) ||
    (name === 'NotAuthorizedException' && /is not authorized to perform/.test(message))
  )
}

/** Whoever answers does not have this operation: an emulator, or a region without the service. */
export function isUnsupported(error: unknown): boolean {
  return (
    statusOf(error) === 501 ||
    /^(NotImplemented|UnknownOperation|InvalidAction|UnsupportedOperation)(Exception|Error)?$/.test(
      read(error).name,
    )
  )
}

/** AWS has understood and said no: the same again would be answered the same. */
export function isFinal(error: unknown): boolean {
  const { $fault } = (error ?? {}) as { $fault?: string }
  const status = statusOf(error)
  return (
    $fault === 'client' &&
    status >= 400 &&
    status < 500 &&
    status !== 429 &&
    !/Throttl|TooMany|LimitExceeded|Conflict|InProgress|Concurrent/.test(read(error).name)
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
