// The process that a function runs in: loads its handler, answers invocations, captures its output.
// It is plain JavaScript with no imports of its own, because Node starts it as a file.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'

/** @type {string} The request that is running; empty while the handler loads. */
let requestId = ''
let handler
let clockOffset = 0

// The sandbox's clock may be ahead of the machine's; the function must see the same time as Cognito does.
const RealDate = Date
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, made) =>
    Reflect.construct(target, args.length > 0 ? args : [RealDate.now() + clockOffset], made),
  apply: () => new Date().toString(),
  get: (target, key, receiver) =>
    key === 'now' ? () => RealDate.now() + clockOffset : Reflect.get(target, key, receiver),
})

const send = (message) => process.send?.(message)
const log = (line) => send({ type: 'log', line })

/** Output goes over the same channel as answers, so that no line arrives after its invocation's end. */
function captureStream(stream, keeps) {
  let partial = ''
  stream.write = (chunk, encoding, done) => {
    const lines = (partial + chunk.toString()).split('\n')
    partial = lines.pop() ?? ''
    for (const line of lines) if (keeps(line)) log(line)
    const callback = typeof encoding === 'function' ? encoding : done
    callback?.()
    return true
  }
  return () => {
    if (partial && keeps(partial)) log(partial)
    partial = ''
  }
}

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']

/**
 * Which lines of its own a function may write. With JSON logging Lambda drops what is below the level, lines
 * that carry a metric among them; an object without a level counts as INFO, and what is no object is kept.
 */
function levelFilter(logFormat, leastLevel) {
  const least = levels.indexOf(leastLevel)
  return (line) => {
    if (logFormat !== 'JSON' || !line.trimStart().startsWith('{')) return true
    try {
      const { level } = JSON.parse(line)
      const own = typeof level === 'string' ? levels.indexOf(level.toUpperCase()) : -1
      return (own < 0 ? levels.indexOf('INFO') : own) >= least
    } catch {
      return true
    }
  }
}

/** The console as Lambda's runtime writes it: one event a call, as text or as JSON. */
function captureConsole(logFormat, leastLevel) {
  const methods = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' }
  for (const [method, level] of Object.entries(methods)) {
    console[method] = (...args) => {
      const timestamp = new Date().toISOString()
      if (logFormat !== 'JSON') return log(`${timestamp}\t${requestId}\t${level}\t${format(...args)}`)
      if (levels.indexOf(level) < levels.indexOf(leastLevel)) return
      const single = args.length === 1 && typeof args[0] === 'object' && !(args[0] instanceof Error)
      log(JSON.stringify({ timestamp, level, requestId, message: single ? args[0] : format(...args) }))
    }
  }
}

function describeError(error, type) {
  const known = error instanceof Error
  return {
    type: type ?? (known ? error.name : typeof error),
    message: known ? error.message : String(error),
    trace: known ? (error.stack ?? '').split('\n') : [],
  }
}

function logError(error, logFormat) {
  const { type: errorType, message: errorMessage, trace: stackTrace } = error
  const timestamp = new Date().toISOString()
  const message = { errorType, errorMessage, stackTrace }
  if (logFormat === 'JSON') log(JSON.stringify({ timestamp, level: 'ERROR', requestId, message }))
  else log(`${timestamp}\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify(message)}`)
}

async function loadHandler(directory, name) {
  const dot = name.lastIndexOf('.')
  const [module, member] = [name.slice(0, dot), name.slice(dot + 1)]
  const file = ['.js', '.mjs', '.cjs'].map((e) => join(directory, module + e)).find((f) => existsSync(f))
  if (!file) {
    const error = new Error(`Error: Cannot find module '${module}'`)
    error.name = 'Runtime.ImportModuleError'
    throw error
  }
  const loaded = await import(pathToFileURL(file).href)
  const found = loaded[member] ?? loaded.default?.[member]
  if (typeof found !== 'function') {
    const error = new Error(`${name} is undefined or not exported`)
    error.name = 'Runtime.HandlerNotFound'
    throw error
  }
  if (found.length > 2) {
    const error = new Error(
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24.',
    )
    error.name = 'Runtime.CallbackHandlerDeprecated'
    throw error
  }
  return found
}

async function answer(invocation, flush) {
  requestId = invocation.requestId
  clockOffset = invocation.clockOffset
  const context = {
    ...invocation.context,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - RealDate.now()),
  }
  const result = await handler(JSON.parse(invocation.payload), context)
  const payload = JSON.stringify(result === undefined ? null : result)
  flush()
  send({ type: 'answer', payload, requestId: invocation.requestId })
}

process.once('message', async (start) => {
  clockOffset = start.clockOffset
  const keeps = levelFilter(start.logFormat, start.logLevel)
  const flushes = [captureStream(process.stdout, keeps), captureStream(process.stderr, keeps)]
  const flush = () => flushes.forEach((f) => void f())
  captureConsole(start.logFormat, start.logLevel)

  const fail = (error, type, of = requestId) => {
    const described = describeError(error, type)
    flush()
    logError(described, start.logFormat)
    send({ type: 'failed', error: described, requestId: of })
  }
  // What nobody catches ends the process, as it ends Lambda's.
  const end = (type) => (error) => {
    fail(error, type)
    setTimeout(() => process.exit(1), 10)
  }
  process.on('uncaughtException', end())
  process.on('unhandledRejection', end('Runtime.UnhandledPromiseRejection'))

  try {
    handler = await loadHandler(start.directory, start.handler)
    send({ type: 'ready' })
  } catch (error) {
    const syntax = error instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : undefined
    return end(syntax)(error)
  }
  process.on('message', (invocation) =>
    answer(invocation, flush).catch((error) => fail(error, undefined, invocation.requestId)),
  )
})

// The sandbox is gone, so is the function.
process.on('disconnect', () => process.exit(0))
