// AWS's errors: which of them pass by themselves, and what the others become for the user.
import { describe, expect, it } from 'vitest'
import {
  hasDomain,
  isAlreadyThere,
  isFunctionMissing,
  isNotFound,
  isOutcomeUnclear,
  isPoolProtected,
  isRoleNotReady,
  isUpdateInProgress,
} from '../../src/aws/errors.ts'
import { toAppError } from '../../src/aws/words.ts'

const fault = (name: string, message = '', more = {}) => Object.assign(new Error(message), { name, ...more })
const lambdaBusy = fault('ResourceConflictException', 'An update is in progress for resource: arn')
const lambdaThere = fault('ResourceConflictException', 'Function already exist: name')
const roleUnusable = fault(
  'InvalidParameterValueException',
  'The role defined for the function cannot be assumed by Lambda.',
)

describe('an error of AWS', () => {
  it('of Lambda’s one conflict code is told apart by its words', () => {
    expect([isUpdateInProgress(lambdaBusy), isAlreadyThere(lambdaBusy)]).toEqual([true, false])
    expect([isUpdateInProgress(lambdaThere), isAlreadyThere(lambdaThere)]).toEqual([false, true])
  })

  it('that passes once a role has spread is not taken for a wrong parameter', () => {
    expect(isRoleNotReady(roleUnusable)).toBe(true)
    expect(isRoleNotReady(fault('InvalidParameterValueException', 'Unsupported runtime'))).toBe(false)
  })

  it.each([
    'Lambda function arn:aws:lambda:us-east-1:123456789012:function:f does not exist.',
    'The provided Lambda could not be found',
    'Function not found: arn:aws:lambda:us-east-1:123456789012:function:f',
    'One or more functions in lambdaConfig cannot be found.',
  ])('for a function that is missing is known in other words too: %s', (message) => {
    expect(isFunctionMissing(fault('InvalidParameterException', message))).toBe(true)
    expect(isFunctionMissing(fault('ResourceNotFoundException', message))).toBe(true)
    expect(isFunctionMissing(fault('AccessDeniedException', message))).toBe(false)
  })

  it.each([
    'User pool us-east-1_Pool does not exist.',
    'Invalid AttributeDataType input, consider using the provided AttributeDataType enum.',
    "1 validation error detected: Value 'x' at 'lambdaConfig.preSignUp' failed to satisfy constraint",
    'SMS configuration is required when phone_number is selected for auto verification',
  ])('for something else is not taken for a missing function: %s', (message) => {
    expect(isFunctionMissing(fault('InvalidParameterException', message))).toBe(false)
    expect(isFunctionMissing(fault('ResourceNotFoundException', message))).toBe(false)
  })

  it('for a pool that is not deleted says by its words why', () => {
    const kept = fault(
      'InvalidParameterException',
      'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
    )
    const domain = fault(
      'InvalidParameterException',
      'User pool cannot be deleted. It has a domain configured that should be deleted first.',
    )
    expect([isPoolProtected(kept), hasDomain(kept)]).toEqual([true, false])
    expect([isPoolProtected(domain), hasDomain(domain)]).toEqual([false, true])
  })

  it('for something missing is known in every service', () => {
    for (const name of ['NoSuchEntityException', 'ParameterNotFound', 'ResourceNotFoundException']) {
      expect(isNotFound(fault(name))).toBe(true)
    }
    expect(isNotFound(fault('AccessDeniedException'))).toBe(false)
  })

  it('leaves the outcome open only where no answer came or the service broke', () => {
    expect(isOutcomeUnclear(fault('Error', 'socket hang up', { code: 'ECONNRESET' }))).toBe(true)
    expect(isOutcomeUnclear(fault('InternalError', '', { $metadata: { httpStatusCode: 500 } }))).toBe(true)
    expect(
      isOutcomeUnclear(fault('TooManyRequestsException', '', { $metadata: { httpStatusCode: 400 } })),
    ).toBe(false)
  })
})

describe('what the user is told', () => {
  it('names the permission that is missing and the command that prints all of them', () => {
    const denied = fault(
      'AccessDeniedException',
      'User: x is not authorized to perform: iam:CreateRole on resource: y',
    )
    expect(toAppError(denied, 'create the role')).toMatchObject({
      code: 'ACCESS_DENIED',
      message: 'Could not create the role',
      why: 'these credentials may not call iam:CreateRole',
      next: [expect.stringContaining('whatsapp-otp policy')],
    })
  })

  it('has exit code 4 where the credentials are the trouble', () => {
    expect(toAppError(fault('ExpiredTokenException'), 'read').exitCode).toBe(4)
    expect(toAppError(fault('CredentialsProviderError', 'Could not load credentials'), 'read').exitCode).toBe(
      4,
    )
  })
})
