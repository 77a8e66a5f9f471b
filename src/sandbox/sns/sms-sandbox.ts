// SNS's own sandbox for text messages: whether the account is in it, and the numbers that are verified in it.
import { randomInt } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'
import { optionalText, page, text } from '../protocol/fields.ts'
import type { Operation } from '../protocol/service.ts'

/** AWS's own limit. */
const mostNumbers = 10
const code = 'InvalidParameter'

/** `send` brings the password of a verification out. */
export function createSmsSandbox(world: World, send: (to: string, message: string) => void) {
  /** By number: the password it was sent, or true once it has answered with it. */
  const numbers = new Map<string, string | true>()

  const there = (number: string) => {
    const found = numbers.get(number)
    if (found === undefined) throw new AwsFault('ResourceNotFound', 'Phone number is not in the sandbox', 404)
    return found
  }

  const operations: Record<string, Operation> = {
    GetSMSSandboxAccountStatus(_input, call) {
      call.authorize('sns:GetSMSSandboxAccountStatus', '*')
      return { IsInSandbox: world.smsSandbox === true }
    },
    CreateSMSSandboxPhoneNumber(input, call) {
      call.authorize('sns:CreateSMSSandboxPhoneNumber', '*')
      const number = text(input, 'PhoneNumber', code)
      if (!/^\+[1-9]\d{6,14}$/.test(number)) throw new AwsFault(code, 'Invalid parameter: PhoneNumber')
      if (!numbers.has(number) && numbers.size >= mostNumbers)
        throw new AwsFault('UserError', 'The limit of phone numbers in the sandbox is reached')
      const password = String(randomInt(1_000_000)).padStart(6, '0')
      if (numbers.get(number) !== true) numbers.set(number, password)
      send(number, `${password} is your verification code for Amazon SNS`)
      return {}
    },
    VerifySMSSandboxPhoneNumber(input, call) {
      call.authorize('sns:VerifySMSSandboxPhoneNumber', '*')
      const number = text(input, 'PhoneNumber', code)
      const password = there(number)
      if (password !== true && password !== text(input, 'OneTimePassword', code))
        throw new AwsFault('VerificationException', 'The one-time password does not match')
      numbers.set(number, true)
      return {}
    },
    DeleteSMSSandboxPhoneNumber(input, call) {
      call.authorize('sns:DeleteSMSSandboxPhoneNumber', '*')
      const number = text(input, 'PhoneNumber', code)
      there(number)
      numbers.delete(number)
      return {}
    },
    ListSMSSandboxPhoneNumbers(input, call) {
      call.authorize('sns:ListSMSSandboxPhoneNumbers', '*')
      const { items, next } = page([...numbers], optionalText(input, 'NextToken'), world.pageSize)
      return {
        PhoneNumbers: items.map(([PhoneNumber, state]) => ({
          PhoneNumber,
          Status: state === true ? 'Verified' : 'Pending',
        })),
        NextToken: next,
      }
    },
  }
  return { operations, reaches: (number: string) => !world.smsSandbox || numbers.get(number) === true }
}
