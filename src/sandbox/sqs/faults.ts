// What SQS says no with: by the names of its model, and by those that it keeps from its Query protocol.

import { AwsFault } from '../account/aws-fault.ts'

/** Those of the model that the Query protocol names otherwise, and those that are in no model. */
export const queryCodes = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueDeletedRecently: 'AWS.SimpleQueueService.QueueDeletedRecently',
  QueueNameExists: 'QueueAlreadyExists',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
  AccessDeniedException: 'AccessDenied',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
}

const modelled = new Set([
  'InvalidAddress',
  'InvalidAttributeName',
  'InvalidAttributeValue',
  'InvalidMessageContents',
  'QueueDeletedRecently',
  'QueueDoesNotExist',
  'QueueNameExists',
  'ReceiptHandleIsInvalid',
  'RequestThrottled',
  'UnsupportedOperation',
])

/** An error of the model stands in SQS's own namespace, any other in that of all services. */
export const typeOf = (code: string) =>
  `com.${modelled.has(code) ? 'amazonaws.sqs' : 'amazon.coral.service'}#${code}`

export const notFound = () => new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.')
export const missing = (name: string) =>
  new AwsFault('MissingRequiredParameterException', `The request must contain the parameter ${name}.`)
export const invalid = (message: string) => new AwsFault('InvalidParameterValueException', message)
export const invalidValue = (attribute: string) =>
  new AwsFault('InvalidAttributeValue', `Invalid value for the parameter ${attribute}.`)
export const unknown = (attribute: string) =>
  new AwsFault('InvalidAttributeName', `Unknown Attribute ${attribute}.`)

/** For what AWS has and the sandbox has not, so that nobody takes it for AWS's answer. */
export const notOffered = (what: string) =>
  new AwsFault('NotImplemented', `The sandbox does not offer ${what} of SQS.`, 501)
