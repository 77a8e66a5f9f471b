import { describe, expect, it } from 'vitest'
import { bannerLine } from '../../src/terminal/banner.ts'
import { outputInMemory } from './streams.ts'

describe('output', () => {
  it('puts data on stdout and talk on stderr', () => {
    const { output, stdout, stderr } = outputInMemory()
    output.data('the result')
    output.say('the talk')
    output.json({ command: 'plan' })
    expect(stdout.all()).toBe('the result\n')
    expect(stderr.all()).toBe('the talk\n')
  })

  it('prints one document in JSON mode, and nothing else on stdout', () => {
    const { output, stdout, stderr } = outputInMemory({ json: true })
    output.data('the result')
    output.table([['a', 'b']])
    output.say('the talk')
    output.blank()
    output.warn('a warning')
    output.json({ command: 'plan', steps: [] })
    expect(JSON.parse(stdout.all())).toEqual({ schemaVersion: 1, command: 'plan', steps: [] })
    expect(stderr.all()).toBe('! a warning\n')
    expect(() => output.json({})).toThrow('a second JSON document')
  })

  it('paints no data that goes into a pipe, even while the talk is painted', () => {
    const { output, stdout, stderr } = outputInMemory({ env: {} })
    Object.assign(stderr, { isTTY: true })
    const painted = outputInMemory({ env: {}, isTTY: true })
    painted.output.data(painted.output.theme.done)
    output.data(painted.output.theme.done)
    expect(stdout.all()).toBe('✓\n')
    expect(painted.stdout.all()).not.toBe('✓\n')
  })

  it('writes one row a line into a pipe, however narrow the terminal is', () => {
    const { output, stdout } = outputInMemory({ columns: 10 })
    output.table([['a-long-value', 'another-long-value']], ['one', 'two'])
    expect(stdout.lines()).toHaveLength(2)
  })

  it('takes hidden values out of trouble', () => {
    const { output, stderr } = outputInMemory()
    output.hide('open-sesame')
    output.trouble('POST failed with open-sesame for +15550100001')
    expect(stderr.all()).toBe('POST failed with [hidden] for +*********01\n')
  })

  it('redraws lines on terminals only, and never in CI', () => {
    expect(outputInMemory({ isTTY: true, env: {} }).output.isLive).toBe(true)
    expect(outputInMemory({ isTTY: true, env: { CI: '1' } }).output.isLive).toBe(false)
    expect(outputInMemory({ isTTY: true, env: {}, json: true }).output.isLive).toBe(false)
    expect(outputInMemory({ env: {} }).output.isLive).toBe(false)
  })
})

it('the banner says whose account it is, and that it is an emulator', () => {
  const where = { account: '123456789012', region: 'eu-central-1', stage: 'dev', who: 'user/ana' }
  expect(bannerLine(where)).toBe('account 123456789012 · eu-central-1 · stage dev · user/ana')
  const from = { variable: 'AWS_ENDPOINT_URL' }
  expect(bannerLine({ ...where, addresses: [{ url: 'http://127.0.0.1:4580', from }] })).toMatch(
    /· emulator at http:\/\/127.0.0.1:4580$/,
  )
  const addresses = [{ url: 'https://aws.example', from, services: ['STS', 'SSM'] }]
  expect(bannerLine({ ...where, addresses })).toMatch(/· STS, SSM at https:\/\/aws.example$/)
})

describe('a terminal that does not know its size', () => {
  it('gets eighty columns, and no line that is redrawn', () => {
    const { output } = outputInMemory({ isTTY: true, columns: 0, env: { TERM: 'xterm' } })
    expect([output.width, output.dataWidth, output.isLive]).toEqual([80, 80, false])
  })
})
