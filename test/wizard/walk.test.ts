// Going through questions forth and back.
import { expect, it } from 'vitest'
import { type Prompts, WentBack } from '../../src/terminal/prompt.ts'
import { type Step, walk } from '../../src/wizard/walk.ts'

/** Answers from a list; `back` is Escape, which is an error where it is not allowed. */
function answering(...answers: string[]) {
  const asked: string[] = []
  const text: Prompts['text'] = async ({ message, back }) => {
    asked.push(message)
    const answer = answers.shift()
    if (answer === undefined) throw new Error(`nobody answers ${message}`)
    if (answer !== 'back') return answer
    if (!back) throw new Error(`no way back from ${message}`)
    throw new WentBack()
  }
  return { prompts: { text } as Prompts, asked, answers }
}

type Said = Record<string, string>
const ask =
  (...names: string[]): Step<Said> =>
  async (said, prompts) => {
    const next = { ...said }
    for (const name of names) next[name] = await prompts.text({ message: name })
    return next
  }
const silent: Step<Said> = async (said) => ({ ...said, silent: String(Number(said.silent ?? 0) + 1) })

it('leads from question to question', async () => {
  const { prompts } = answering('1', '2')
  expect(await walk([ask('a'), silent, ask('b')], {}, { prompts })).toEqual({ a: '1', silent: '1', b: '2' })
})

it('goes back to the question before, past what asks nothing, with what was known then', async () => {
  const { prompts, asked } = answering('1', '2', 'back', 'back', '3', '4', '5')
  const done = await walk([ask('a'), silent, ask('b'), silent, ask('c')], {}, { prompts })
  expect(asked).toEqual(['a', 'b', 'c', 'b', 'a', 'b', 'c'])
  expect(done).toEqual({ a: '3', silent: '2', b: '4', c: '5' })
})

it('begins a step of several questions anew from a later one of them', async () => {
  const { prompts, asked } = answering('1', '2', 'back', '3', '4')
  expect(await walk([ask('a'), ask('b', 'c')], {}, { prompts })).toEqual({ a: '1', b: '3', c: '4' })
  expect(asked).toEqual(['a', 'b', 'c', 'b', 'c'])
})

it('leads out of a walk inside a walk', async () => {
  const inside: Step<Said> = async (said, prompts) => {
    const next = await ask('b')(said, prompts)
    return walk([ask('c'), ask('d')], next, { prompts })
  }
  const { prompts, asked } = answering('1', '2', '3', 'back', 'back', '4', '5', '6')
  expect(await walk([ask('a'), inside], {}, { prompts })).toEqual({ a: '1', b: '4', c: '5', d: '6' })
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'c', 'b', 'c', 'd'])
})

it('has no way back from the first question', async () => {
  const { prompts } = answering('back')
  await expect(walk([silent, ask('a')], {}, { prompts })).rejects.toThrow('no way back from a')
})

it('tells of each step that asked, and of no other', async () => {
  const told: Said[] = []
  const { prompts } = answering('1', '2')
  await walk(
    [ask('a'), silent, ask('b')],
    {},
    {
      prompts,
      answered: async (said) => void told.push(said),
    },
  )
  expect(told).toEqual([{ a: '1' }, { a: '1', silent: '1', b: '2' }])
})
