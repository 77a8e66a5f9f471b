// Single keys on a terminal: what each does, how Ctrl-C still ends, and that the terminal is as before afterwards.
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { listenToKeys } from '../../src/terminal/keys.ts'

function terminal() {
  const modes: boolean[] = []
  const stdin = Object.assign(new PassThrough(), { setRawMode: (mode: boolean) => modes.push(mode) })
  return { stdin: stdin as unknown as NodeJS.ReadStream, type: (text: string) => stdin.write(text), modes }
}

it('calls what a key stands for, and nothing for others', async () => {
  const { stdin, type } = terminal()
  const pressed: string[] = []
  listenToKeys(stdin, { o: () => pressed.push('o'), q: () => pressed.push('q') }, () => pressed.push('end'))
  type('ox')
  type('constructor')
  type('q\u0003')
  type('\u0004')
  await new Promise(setImmediate)
  expect(pressed).toEqual(['o', 'o', 'o', 'q', 'end', 'end'])
})

it('takes single keys, and gives the terminal back', async () => {
  const { stdin, type, modes } = terminal()
  const pressed: string[] = []
  const silence = listenToKeys(stdin, { o: () => pressed.push('o') }, () => {})
  expect(modes).toEqual([true])
  silence()
  type('o')
  await new Promise(setImmediate)
  expect(pressed).toEqual([])
  expect(modes).toEqual([true, false])
  expect(stdin.isPaused()).toBe(true)
})
