// Nothing of `dev` stays behind, however it ends: no file in the temporary folder, no process of a function.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { childrenOf, commandOf, Desk, isAlive } from './program.ts'
import { signIn } from './sign-in.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => desk.clear())

/** A `dev` whose functions run, and all processes that it has started. */
async function busy() {
  const dev = await desk.dev()
  await signIn(dev.env, '+15550100001')
  expect(desk.leftovers()).toHaveLength(1)
  const children = childrenOf(dev.pid)
  expect(children.length).toBeGreaterThan(4)
  return { dev, children }
}

const livingOf = (pids: number[]) => pids.filter(isAlive)

describe('dev leaves nothing behind', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('after %s', async (signal) => {
    const { dev, children } = await busy()
    dev.kill(signal)
    expect((await dev.ended).code).toBe(0)
    expect(desk.leftovers()).toEqual([])
    await eventually(() => expect(livingOf(children)).toEqual([]))
  })

  it('when it is killed, even with a function that stands still', async () => {
    const { dev, children } = await busy()
    const [stopped] = children.filter((pid) => commandOf(pid).includes('function-host'))
    process.kill(stopped!, 'SIGSTOP')
    dev.kill('SIGKILL')
    await dev.ended
    await eventually(() => expect([livingOf(children), desk.leftovers()]).toEqual([[], []]))
  })

  it('with --exec that fails, and at an error of its start', async () => {
    expect((await desk.run(['dev', '--port', '0', '--exec', 'exit 3'])).code).toBe(3)
    expect(desk.leftovers()).toEqual([])
    expect((await desk.run(['dev', '--port', '0', '--otp-length', '99'])).code).toBe(3)
    expect(desk.leftovers()).toEqual([])
  })

  it('nor does demo when it is killed', async () => {
    const demo = desk.start(['demo'])
    await eventually(() => expect(desk.leftovers()).not.toEqual([]))
    demo.kill('SIGKILL')
    await demo.ended
    await eventually(() => expect(desk.leftovers()).toEqual([]))
  })
})

describe('a start', () => {
  it('removes what dead ones have left, and nothing of others', async () => {
    const dev = await desk.dev(['--port', '0'])
    const [name] = desk.leftovers()
    const [place] = /^whatsapp-otp-[0-9a-f]{8}/.exec(name!) ?? []
    const gone = await endedPid()
    const others = [
      `whatsapp-otp-00000000-${gone}-abcdef`,
      `${place}-${process.pid}-abcdef`,
      `whatsapp-otp-desk-abcdef`,
    ]
    const left = `${place}-${gone}-abcdef`
    for (const one of [...others, left]) mkdirSync(join(desk.temporary, one))
    writeFileSync(join(desk.temporary, left, 'index.mjs'), '')
    symlinkSync(desk.home, join(desk.temporary, `${place}-${gone}-linked`))
    expect((await desk.run(['dev', '--empty', '--port', '0', '--exec', 'true'])).code).toBe(0)
    expect(desk.leftovers().sort()).toEqual([...others, name].sort())
    expect((await signIn(dev.env, '+15550100001')).IdToken).toBeDefined()
  })
})

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const program = desk.start(['--version'])
  await program.ended
  return program.pid
}
