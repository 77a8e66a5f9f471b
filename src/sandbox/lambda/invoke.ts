// Invocations: on behalf of another AWS service, and through Lambda's own Invoke.

import { AwsFault } from '../account/aws-fault.ts'
import type { InvokeRequest, InvokeResult, Provided } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import { type Input, optionalText } from '../protocol/fields.ts'
import type { Encoded, Request } from '../protocol/request.ts'
import { at, type RestOperation } from '../protocol/rest.ts'
import type { Target } from './function/record.ts'
import type { FunctionRunner, Run } from './function-runner.ts'
import type { FunctionStore } from './functions.ts'
import { mayInvoke } from './policy.ts'
import { functionPath, unreadable } from './wire.ts'

const refuse = (fault: AwsFault): InvokeResult => ({
  kind: 'refused',
  code: fault.code,
  message: fault.message,
})

/** Invokes as another service does: only if the function's resource policy lets it. */
export function serviceInvoke(
  world: World,
  store: FunctionStore,
  runner: FunctionRunner,
): Provided['invoke'] {
  return async (request: InvokeRequest) => {
    const target = store.resolveArn(request.functionArn)
    if (!target) {
      return refuse(
        new AwsFault('ResourceNotFoundException', `Function not found: ${request.functionArn}`, 404),
      )
    }
    if (!mayInvoke(target.policy, world.now(), request)) {
      const message = `${request.principal} is not authorized to perform: lambda:InvokeFunction on resource: ${target.arn} because no resource-based policy allows the lambda:InvokeFunction action`
      return refuse(new AwsFault('AccessDeniedException', message, 403))
    }
    const version = store.runnable(target)
    if (version instanceof AwsFault) return refuse(version)
    // The caller stops waiting; whether the function goes on until its own timeout is one of the open matters.
    const givenUp = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<InvokeResult>((resolve) => {
      timer = setTimeout(() => {
        if (world.unsettled.lateInvocation === 'stops') givenUp.abort()
        resolve({ kind: 'timeout' })
      }, request.timeoutMs)
    })
    const run = runner
      .invoke(version, JSON.stringify(request.payload), givenUp.signal)
      .then(resultOf, refused)
    return Promise.race([run, patience]).finally(() => clearTimeout(timer))
  }
}

/** What Lambda itself cannot do is an answer, too. */
function refused(error: unknown): InvokeResult {
  if (error instanceof AwsFault) return refuse(error)
  throw error
}

function resultOf({ outcome }: Run): InvokeResult {
  if (outcome.kind === 'answer') return { kind: 'answer', payload: JSON.parse(outcome.payload) }
  if (outcome.kind === 'timeout') return { kind: 'timeout' }
  return { kind: 'function-error', message: outcome.message, type: outcome.type }
}

interface InvokeOutput {
  StatusCode: number
  ExecutedVersion?: string
  FunctionError?: string
  /** The last 4 KB of log lines, base64. */
  LogResult?: string
  /** JSON text. */
  Payload?: string
}

/** Lambda's own Invoke: of whoever has the permission, in all three of its types. */
export function invokeOperations(
  store: FunctionStore,
  runner: FunctionRunner,
): Record<string, RestOperation> {
  return {
    Invoke: at({ method: 'POST', path: `${functionPath}/invocations`, read, write }, (input, call) =>
      invoke(store, runner, store.targetFor(input, call, { action: 'lambda:InvokeFunction' }), input),
    ),
  }
}

/** An invocation's body is the event itself. */
const read = ({ headers, body }: Request): Input => ({
  Payload: body.toString(),
  InvocationType: headers['x-amz-invocation-type'] ?? 'RequestResponse',
  LogType: headers['x-amz-log-type'] ?? 'None',
})

/** And its answer's body is what the function answered. */
function write(output: object): Encoded {
  const { StatusCode, ExecutedVersion, FunctionError, LogResult, Payload = '' } = output as InvokeOutput
  return {
    status: StatusCode,
    headers: {
      'content-type': 'application/json',
      ...(ExecutedVersion && { 'x-amz-executed-version': ExecutedVersion }),
      ...(FunctionError && { 'x-amz-function-error': FunctionError }),
      ...(LogResult && { 'x-amz-log-result': LogResult }),
    },
    body: Payload,
  }
}

async function invoke(
  store: FunctionStore,
  runner: FunctionRunner,
  target: Target,
  input: Input,
): Promise<InvokeOutput> {
  const payload = optionalText(input, 'Payload') || '{}'
  try {
    JSON.parse(payload)
  } catch {
    throw unreadable()
  }
  if (input.InvocationType === 'DryRun') return { StatusCode: 204 }
  const version = store.runnable(target)
  if (version instanceof AwsFault) throw version
  const running = runner.invoke(version, payload)
  if (input.InvocationType === 'Event') {
    running.catch(() => undefined)
    return { StatusCode: 202 }
  }
  const run = await running
  const tail =
    input.LogType === 'Tail' ? { LogResult: Buffer.from(run.logs).subarray(-4096).toString('base64') } : {}
  const done = { StatusCode: 200, ExecutedVersion: version.version, ...tail }
  if (run.outcome.kind === 'answer') return { ...done, Payload: run.outcome.payload }
  const error = JSON.stringify(errorOf(run, version.settings.timeout))
  return { ...done, FunctionError: 'Unhandled', Payload: error }
}

function errorOf({ outcome, requestId }: Run, timeout: number): object {
  if (outcome.kind === 'function-error') {
    return { errorType: outcome.type, errorMessage: outcome.message, trace: outcome.trace }
  }
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds`
  return { errorType: 'Sandbox.Timedout', errorMessage }
}
