// What CloudWatch says no with, by the names of its model.

import { AwsFault } from '../account/aws-fault.ts'
import { type Input, optionalText } from '../protocol/fields.ts'

export const invalid = (message: string) => new AwsFault('InvalidParameterValueException', message)
export const conflict = (message: string) => new AwsFault('InvalidParameterCombinationException', message)

export function required(input: Input, key: string): string {
  const value = optionalText(input, key)
  if (value) return value
  throw new AwsFault('MissingRequiredParameterException', `The parameter ${key} is required.`)
}
