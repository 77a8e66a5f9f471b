// Whether the stage is paused, as this container has read it last.
import { brakeLifeMs, parseBrake } from '../../src/core/parameters/brake.ts'
import type { Aws } from './aws-call.ts'
import type { Clock, Deadline } from './clock.ts'

/** Where the brake is, and the stage that it has to be of. */
export interface BrakePlace {
  brake: string
  stage: string
}

export interface BrakeMemory {
  /** Takes in what a read has found; undefined where there is no parameter. */
  learn(text: string | undefined): void
  isPaused(): boolean
}

/**
 * What cannot be read changes nothing: whoever hinders a read must not start or stop a stage with it. Until something
 * has been read a stage is not paused: the brake is rarely pulled, and a failure of SSM would else end all sign-ups of
 * stages that nobody has paused. Nothing is sent then in any case, since the keys come with the same answer.
 */
export function createBrakeMemory(stage: string): BrakeMemory {
  let paused = false
  return {
    learn(text) {
      const document = parseBrake(text)
      if (text === undefined) paused = false
      else if (document?.stage === stage) paused = document.paused === true
    },
    isPaused: () => paused,
  }
}

export interface Brake {
  /** Begins to read while the function starts; `isPaused` waits for it. */
  start(deadline: Deadline): void
  /** Never throws, and never older than a minute unless SSM fails. */
  isPaused(deadline: Deadline): Promise<boolean>
}

/** Between two attempts to read when one failed. */
const pauseMs = 10_000

/** For a function that reads nothing else there. */
export function createBrake(aws: Aws, clock: Clock, { brake, stage }: BrakePlace): Brake {
  const memory = createBrakeMemory(stage)
  let nextAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  async function read(deadline: Deadline): Promise<void> {
    const begunAt = clock.now()
    nextAt = begunAt + pauseMs
    try {
      const answer = await aws.json('ssm', 'GetParameters', { Names: [brake] }, deadline)
      const [found] = (answer.Parameters ?? []) as { Value?: string }[]
      memory.learn(found?.Value)
      nextAt = begunAt + brakeLifeMs
    } catch {
      // As it was.
    }
  }

  return {
    start(deadline) {
      reading = read(deadline)
    },
    async isPaused(deadline) {
      await reading
      if (clock.now() >= nextAt) {
        reading = read(deadline)
        await reading
      }
      return memory.isPaused()
    },
  }
}
