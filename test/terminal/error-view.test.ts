import { describe, expect, it } from 'vitest'
import { AppError, cancelled, exitCodes, usageError } from '../../src/errors.ts'
import { showError } from '../../src/terminal/error-view.ts'
import { outputInMemory } from './streams.ts'

const failure = usageError('SENDER_UNKNOWN', 'The account has no sender 15550100001', {
  why: 'it has others',
  next: ['set --from', 'look at the dashboard', 'ask somebody'],
})

describe('a failure', () => {
  it('is four lines at most, and gives its exit code', () => {
    const { output, stdout, stderr } = outputInMemory()
    expect(showError(failure, output)).toBe(exitCodes.usage)
    expect(stderr.lines()).toEqual([
      '✖ The account has no sender 15550100001',
      '  Why   it has others',
      '  Next  set --from',
      '  More  look at the dashboard · ask somebody',
    ])
    expect(stdout.all()).toBe('')
  })

  it('is one line where there is nothing more to say', () => {
    const { output, stderr } = outputInMemory()
    showError(new AppError('X', 'first\n  second'), output)
    expect(stderr.lines()).toEqual(['✖ first second'])
  })

  it('is a document in JSON mode', () => {
    const { output, stdout, stderr } = outputInMemory({ json: true })
    expect(showError(failure, output)).toBe(exitCodes.usage)
    expect(JSON.parse(stdout.all())).toEqual({
      schemaVersion: 1,
      error: { code: failure.code, message: failure.message, why: failure.why, next: failure.next },
    })
    expect(stderr.all()).toBe('')
  })

  it('after the document of the run goes to stderr, so that stdout stays one document', () => {
    const { output, stdout, stderr } = outputInMemory({ json: true })
    output.json({ command: 'plan' })
    showError(failure, output)
    expect(JSON.parse(stdout.all())).toEqual({ schemaVersion: 1, command: 'plan' })
    expect(stderr.all()).toContain('✖ The account has no sender')
  })

  it('that nobody foresaw is called a fault of this tool and asks to be reported', () => {
    const { output, stderr } = outputInMemory()
    expect(showError(new TypeError('x is undefined'), output)).toBe(exitCodes.failed)
    expect(stderr.all()).toContain('went wrong inside whatsapp-otp')
    expect(stderr.all()).toContain('TypeError: x is undefined')
    expect(stderr.all()).toContain('report it')
    expect(stderr.lines().length).toBeLessThanOrEqual(4)
  })

  it('of Ctrl-C is a cancellation with exit code 130', () => {
    const { output } = outputInMemory()
    expect(showError(cancelled('by Ctrl-C'), output)).toBe(exitCodes.cancelled)
    const exit = Object.assign(new Error('User force closed the prompt'), { name: 'ExitPromptError' })
    expect(showError(exit, output)).toBe(exitCodes.cancelled)
  })

  it('shows stacks and AWS request ids under --debug only, without secrets', () => {
    const aws = Object.assign(new Error('denied for Bearer abc123'), {
      $metadata: { requestId: '8c5a1a3e-6a0c-4f0e-9d0a-0f1f2a3b4c5d', httpStatusCode: 403 },
    })
    const error = new AppError('X', 'It failed', { cause: aws })
    const quiet = outputInMemory()
    showError(error, quiet.output)
    expect(quiet.stderr.all()).toBe('✖ It failed\n')
    const loud = outputInMemory()
    showError(error, loud.output, { debug: true })
    expect(loud.stderr.all()).toContain('AWS request 8c5a1a3e-6a0c-4f0e-9d0a-0f1f2a3b4c5d, HTTP 403')
    expect(loud.stderr.all()).toContain('caused by Error: denied for Bearer [hidden]')
  })
})
