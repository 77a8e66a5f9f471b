// Invocations: on behalf of another AWS service, and through Lambda's own Invoke.

import { type Input, optionalText } from '../account/fields.ts'
import { AwsFault, type InvokeRequest, type InvokeResult, type World } from '../account/world.ts'
import type { InvokeOutput } from '../protocol/rest.ts'
import type { FunctionRunner, Run } from './function-runner.ts'
import { type FunctionStore, type LambdaFunction, nameOf } from './functions.ts'
import { mayInvoke } from './policy.ts'

const refuse = (fault: AwsFault): InvokeResult => ({
  kind: 'refused',
  code: fault.code,
  message: fault.message,
})

/** Invokes as another service does: only if the function's resource policy lets it. */
export function serviceInvoke(store: FunctionStore, runner: FunctionRunner): World['invoke'] {
  return async (request: InvokeRequest) => {
    const fn = store.find(nameOf(request.functionArn))
    if (fn?.arn !== request.functionArn) {
      return refuse(
        new AwsFault('ResourceNotFoundException', `Function not found: ${request.functionArn}`, 404),
      )
    }
    if (!mayInvoke(fn.statements, request)) {
      const message = `${request.principal} is not authorized to perform: lambda:InvokeFunction on resource: ${fn.arn} because no resource-based policy allows the lambda:InvokeFunction action`
      return refuse(new AwsFault('AccessDeniedException', message, 403))
    }
    const version = store.runnable(fn)
    if (version instanceof AwsFault) return refuse(version)
    // The caller stops waiting; the function goes on until its own timeout.
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<InvokeResult>((resolve) => {
      timer = setTimeout(resolve, request.timeoutMs, { kind: 'timeout' })
    })
    const run = runner.invoke(version, JSON.stringify(request.payload)).then(resultOf)
    return Promise.race([run, patience]).finally(() => clearTimeout(timer))
  }
}

function resultOf({ outcome }: Run): InvokeResult {
  if (outcome.kind === 'answer') return { kind: 'answer', payload: JSON.parse(outcome.payload) }
  if (outcome.kind === 'timeout') return { kind: 'timeout' }
  return { kind: 'function-error', message: outcome.message, type: outcome.type }
}

/** Lambda's Invoke, the caller being authorised already. */
export async function invoke(
  store: FunctionStore,
  runner: FunctionRunner,
  fn: LambdaFunction,
  input: Input,
): Promise<InvokeOutput> {
  const payload = optionalText(input, 'Payload') || '{}'
  try {
    JSON.parse(payload)
  } catch {
    throw new AwsFault('InvalidRequestContentException', 'Could not parse request body into json.')
  }
  if (input.InvocationType === 'DryRun') return { StatusCode: 204 }
  const version = store.runnable(fn)
  if (version instanceof AwsFault) throw version
  const running = runner.invoke(version, payload)
  if (input.InvocationType === 'Event') {
    running.catch(() => undefined)
    return { StatusCode: 202 }
  }
  const run = await running
  const tail =
    input.LogType === 'Tail' ? { LogResult: Buffer.from(run.logs).subarray(-4096).toString('base64') } : {}
  if (run.outcome.kind === 'answer') return { StatusCode: 200, Payload: run.outcome.payload, ...tail }
  const error = JSON.stringify(errorOf(run, version.settings.timeout))
  return { StatusCode: 200, FunctionError: 'Unhandled', Payload: error, ...tail }
}

function errorOf({ outcome, requestId }: Run, timeout: number): object {
  if (outcome.kind === 'function-error') {
    return { errorType: outcome.type, errorMessage: outcome.message, trace: outcome.trace }
  }
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds`
  return { errorType: 'Sandbox.Timedout', errorMessage }
}
