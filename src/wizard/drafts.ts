// Answers of an `init` that was left before its end, kept on this computer for the next one.
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod'
import type { Clock } from '../clock.ts'
import { type Place, stagePattern } from '../names.ts'
import { stateFolder } from '../terminal/folders.ts'
import { type AnswerId, type Answers, isAnswerId } from './answers.ts'

/** Whose stage the answers are for. */
type Whose = Pick<Place, 'account' | 'region' | 'stage'>

export interface Draft extends Whose {
  profile?: string | undefined
  /** Epoch milliseconds of the last answer. */
  at: number
  answers: Answers
}

export interface Drafts {
  /** The one that was answered last, whosever it is. */
  readonly latest: Draft | undefined
  of(whose: Whose): Draft | undefined
  /** False where it could not be written: nobody is kept from going on by that. */
  keep(whose: Whose & { profile?: string | undefined }, answers: Answers): Promise<boolean>
  drop(whose: Whose): Promise<void>
}

/** Older ones tell of another day. */
const lifeMs = 30 * 86_400_000
const most = 20

/**
 * No secrets: the key is asked for anew, and nothing that is not a setting or a place is kept. Texts as they would
 * stand in a variable, so that a value goes through the checks of its setting again.
 */
const fileSchema = z.object({
  schemaVersion: z.literal(1),
  drafts: z
    .array(
      z.object({
        account: z.string().regex(/^\d{12}$/),
        region: z.string().regex(/^[a-z0-9-]{1,30}$/),
        stage: z.string().regex(stagePattern),
        profile: z.string().max(200).optional(),
        at: z.number(),
        answers: z.record(z.string(), z.string().max(4_000)),
      }),
    )
    .max(most),
})

/** Reads them; a file that is broken, or that others may have written, counts as none. */
export async function openDrafts(env: Record<string, string | undefined>, clock: Clock): Promise<Drafts> {
  const file = join(stateFolder(env), 'init.json')
  let drafts = (await read(file)).filter(({ at }) => clock.now() - at < lifeMs)
  const but = (whose: Whose) => drafts.filter((one) => !isOf(one, whose))
  const write = async () => {
    if (drafts.length === 0) return rm(file, { force: true })
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFileAtomic(file, JSON.stringify({ schemaVersion: 1, drafts: drafts.map(written) }), {
      mode: 0o600,
    })
  }
  return {
    get latest() {
      return drafts[0]
    },
    of: (whose) => drafts.find((one) => isOf(one, whose)),
    async keep({ account, region, stage, profile }, answers) {
      const draft = { account, region, stage, profile, at: clock.now(), answers: new Map(answers) }
      drafts = [draft, ...but(draft)].slice(0, most)
      return write().then(
        () => true,
        () => false,
      )
    },
    async drop(whose) {
      const left = but(whose)
      if (left.length === drafts.length) return
      drafts = left
      await write().catch(() => {})
    },
  }
}

const written = ({ answers, ...draft }: Draft) => ({ ...draft, answers: Object.fromEntries(answers) })

function isOf(draft: Draft, { account, region, stage }: Whose): boolean {
  return draft.account === account && draft.region === region && draft.stage === stage
}

async function read(file: string): Promise<Draft[]> {
  try {
    const handle = await open(file, 'r')
    try {
      const { uid, mode, size } = await handle.stat()
      const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
      if (!isOwn || size > 200_000) return []
      const { drafts } = fileSchema.parse(JSON.parse(await handle.readFile('utf8')))
      return drafts.map(({ answers, ...draft }) => ({
        ...draft,
        answers: new Map(
          Object.entries(answers).filter((one): one is [AnswerId, string] => isAnswerId(one[0])),
        ),
      }))
    } finally {
      await handle.close()
    }
  } catch {
    return []
  }
}
