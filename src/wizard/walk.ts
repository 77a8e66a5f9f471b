// Goes through questions forth and back: Escape returns to the question before, with what was known then.
import { type Prompts, WentBack } from '../terminal/prompt.ts'

/** Asks nothing, one thing or several with the prompts that it is given, and gives what is known then. */
export type Step<State> = (state: State, prompts: Prompts) => Promise<State>

export interface WalkOptions<State> {
  prompts: Prompts
  /** Told after each step that asked something. */
  answered?: ((state: State) => Promise<void>) | undefined
}

/**
 * Takes the steps one by one. Escape at the first question of a step begins the last step anew that asked something,
 * at a later one the step itself; steps must change nothing but the state that they give.
 */
export async function walk<State>(
  steps: readonly Step<State>[],
  begin: State,
  { prompts, answered }: WalkOptions<State>,
): Promise<State> {
  const asked: { at: number; state: State }[] = []
  let at = 0
  let state = begin
  while (at < steps.length) {
    let questions = 0
    const watched = watching(prompts, () => {
      questions++
      return asked.length > 0 || questions > 1
    })
    try {
      const next = await steps[at]!(state, watched)
      if (questions > 0) {
        asked.push({ at, state })
        await answered?.(next)
      }
      state = next
      at++
    } catch (error) {
      if (!(error instanceof WentBack)) throw error
      if (questions > 1) continue
      const before = asked.pop()
      // Nothing was asked before in this walk: it is part of another one.
      if (!before) throw error
      at = before.at
      state = before.state
    }
  }
  return state
}

/** The same prompts; `ask` hears of each question and says whether there is one before it. */
function watching(prompts: Prompts, ask: () => boolean): Prompts {
  const marked = <Question extends { back?: boolean | undefined }>(question: Question): Question => {
    const back = ask() || question.back
    return { ...question, back }
  }
  return {
    interactive: prompts.interactive,
    text: (question) => prompts.text(marked(question)),
    hidden: (question) => prompts.hidden(marked(question)),
    confirm: (question) => prompts.confirm(marked(question)),
    select: (question) => prompts.select(marked(question)),
    checkbox: (question) => prompts.checkbox(marked(question)),
    typeToConfirm: (question) => prompts.typeToConfirm(marked(question)),
  }
}
