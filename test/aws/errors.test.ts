// AWS's errors: which of them pass by themselves, and what the others become for the user.
import { describe, expect, it } from 'vitest'
import {
  isAlreadyThere,
  isNotFound,
  isOutcomeUnclear,
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
