// A function as Lambda describes it: as it is now, or as a version of it was published.

import type { Code, LambdaFunction, Published } from './record.ts'
import type { FunctionSettings } from './settings.ts'

/** What the states of a function were when it was looked at. */
export interface Seen {
  state: 'Deleting' | 'Pending' | 'Failed' | 'Active'
  isUpdating: boolean
}

/** The members that functions and their versions have in common. */
function common(settings: FunctionSettings, code: Code) {
  return {
    Runtime: settings.runtime,
    Role: settings.role,
    Handler: settings.handler,
    CodeSize: code.zip.length,
    Timeout: settings.timeout,
    MemorySize: settings.memory,
    CodeSha256: code.sha256,
    TracingConfig: { Mode: 'PassThrough' },
    PackageType: 'Zip',
    Architectures: settings.architectures,
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    LoggingConfig: settings.logging,
  }
}

const written = (ms: number) => new Date(ms).toISOString().replace('Z', '+0000')

/** The function itself. */
export function described(fn: LambdaFunction, { state, isUpdating }: Seen) {
  const { settings, trouble } = fn
  const { failed, update, environment } = trouble ?? {}
  const lastUpdate = isUpdating ? 'InProgress' : update ? 'Failed' : 'Successful'
  return {
    ...common(settings, fn.code),
    FunctionName: fn.name,
    FunctionArn: fn.arn,
    Description: settings.description,
    LastModified: written(fn.modifiedAt),
    Version: '$LATEST',
    Environment: environment
      ? { Error: { ErrorCode: environment.code, Message: environment.message } }
      : settings.environment && { Variables: settings.environment },
    RevisionId: fn.revision,
    State: state,
    ...(state === 'Pending' && {
      StateReason: 'The function is being created.',
      StateReasonCode: 'Creating',
    }),
    ...(state === 'Failed' && { StateReason: failed?.reason, StateReasonCode: failed?.code }),
    LastUpdateStatus: lastUpdate,
    ...(lastUpdate === 'Failed' && {
      LastUpdateStatusReason: update?.reason,
      LastUpdateStatusReasonCode: update?.code,
    }),
  }
}

/** A version of it, named by its number or by an alias. */
export function describedVersion(fn: LambdaFunction, published: Published, qualifier = published.version) {
  const { settings, code } = published
  return {
    ...common(settings, code),
    FunctionName: fn.name,
    FunctionArn: `${fn.arn}:${qualifier}`,
    Description: published.description,
    LastModified: written(published.madeAt),
    Version: published.version,
    Environment: settings.environment && { Variables: settings.environment },
    RevisionId: published.revision,
    State: 'Active',
    LastUpdateStatus: 'Successful',
  }
}
