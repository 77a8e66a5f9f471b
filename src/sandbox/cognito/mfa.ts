// The multi-factor settings of a pool, which have operations of their own.

import type { Operation } from '../protocol/service.ts'
import { invalid, oneOf } from './model/input.ts'
import type { Pool, Store } from './model/store.ts'
import { poolFor } from './pools.ts'

const mfaOf = (pool: Pool) => ({
  MfaConfiguration: pool.settings.MfaConfiguration,
  ...(pool.totp && { SoftwareTokenMfaConfiguration: pool.totp }),
  ...(pool.sms && { SmsMfaConfiguration: pool.sms }),
})

/** The operations on a pool's multi-factor settings. */
export function mfaOperations(store: Store): Record<string, Operation> {
  return {
    SetUserPoolMfaConfig(input, call) {
      const pool = poolFor(store, input, call)
      const mode = (input.MfaConfiguration ?? 'OFF') as 'OFF' | 'ON' | 'OPTIONAL'
      oneOf(mode, 'mfaConfiguration', ['OPTIONAL', 'OFF', 'ON'])
      const totp = input.SoftwareTokenMfaConfiguration as Pool['totp']
      const sms = input.SmsMfaConfiguration as Pool['sms']
      const role = sms?.SmsConfiguration?.SnsCallerArn
      if (role) call.authorize('iam:PassRole', role, { 'iam:PassedToService': 'cognito-idp.amazonaws.com' })
      const some = totp?.Enabled === true || sms?.SmsConfiguration !== undefined
      if (mode === 'OFF' && some) {
        throw invalid("Invalid MFA configuration given, can't turn off MFA and configure an MFA together.")
      }
      if (mode !== 'OFF' && !some) {
        throw invalid(
          "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
        )
      }
      // A separate full replacement: what is not sent is switched off.
      delete pool.totp
      delete pool.sms
      Object.assign(pool, { ...(totp && { totp }), ...(sms && { sms }) })
      pool.settings = { ...pool.settings, MfaConfiguration: mode }
      pool.changedAt = store.world.now()
      return mfaOf(pool)
    },

    GetUserPoolMfaConfig: (input, call) => mfaOf(poolFor(store, input, call)),
  }
}
