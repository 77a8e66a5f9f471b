// Which user pool the stage gets: one of its own, or one that exists, and then whom it lets in there.
import { names } from '../names.ts'
import type { Obstacle } from '../resources/user-pool/borrowed/obstacles.ts'
import { borrowedPoolOf } from '../settings/borrowed-pool.ts'
import { count, cut } from '../terminal/layout.ts'
import { type Choice, WentBack } from '../terminal/prompt.ts'
import { answer, answeredBefore, currentOf, type Interview, isGiven, waysOf } from './interview.ts'
import type { ExaminedPool, ListedPool, NamedPool, PoolDesk } from './pools.ts'

/** So many are looked at, one call each; of more the user types a part of the name first. */
const most = 24

/** Where there is no pool here but those of stages, each stage has one of its own, and nothing is asked. */
export async function askPool(interview: Interview): Promise<void> {
  const { pools, tasks, resolved, output } = interview
  if (!pools) return
  const isAsked = !isGiven(interview, 'userPoolId')
  const listed = isAsked ? await tasks.run('Look for user pools', () => pools.list()) : undefined
  if (isAsked && !listed?.some(({ name }) => !name.startsWith(names.pool('')))) return
  /** Found out about those that were picked. */
  const obstacles = new Map<string, string>()
  for (;;) {
    if (listed) answer(interview, 'userPoolId', (await pick(interview, pools, listed, obstacles)) ?? 'none')
    const id = borrowedPoolOf(resolved.settings)
    if (id === undefined) return
    const pool = await tasks.run('Look at the pool', () => pools.examine(id, resolved.settings))
    const obstacle = obstacleOf(interview, pool)
    if (!obstacle) return take(interview, pool)
    if (!listed) throw pools.refusal(obstacle)
    output.warn(`${obstacle.what}: ${obstacle.why}. ${obstacle.next[0]}`)
    obstacles.set(id, obstacle.brief)
  }
}

/** Undefined for one of its own. */
async function pick(
  interview: Interview,
  pools: PoolDesk,
  listed: readonly NamedPool[],
  obstacles: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const { prompts, tasks } = interview
  const own: Choice<string | undefined> = { value: undefined, name: 'A new one, of the stage’s own' }
  const question = { message: 'Which user pool?', ...waysOf('userPoolId') }
  const before = answeredBefore(interview, 'userPoolId')
  let shown = listed
  if (listed.length > most) {
    const other = { value: 'other', name: `One of the ${listed.length} that exist here …` }
    const isOther = before !== undefined && before !== 'none'
    const choices = [own, other]
    if (!(await prompts.select({ ...question, choices, ...(isOther ? { default: 'other' } : {}) }))) return
    const part = await prompts.text({
      message: 'Part of its name, or its id',
      ...waysOf('userPoolId'),
      ...(isOther ? { default: before } : {}),
      check: (typed) => checkPart(listed, typed),
    })
    shown = matching(listed, part)
  }
  const looked = await tasks.run(`Look at ${count(shown.length, 'pool')}`, () => pools.look(shown))
  const choices = looked
    .map((one) => ({ ...one, obstacle: one.obstacle ?? obstacles.get(one.id) }))
    .map((one) => choiceOf(one, Math.max(...shown.map(({ name }) => nameOf(name).length))))
    .sort((a, b) => Number(Boolean(a.disabled)) - Number(Boolean(b.disabled)))
  const usual = choices.find(({ value, disabled }) => value === before && !disabled)?.value
  return prompts.select<string | undefined>({
    ...question,
    choices: [own, ...choices],
    ...(usual ? { default: usual } : {}),
  })
}

const matching = (listed: readonly NamedPool[], part: string) =>
  listed.filter(
    ({ id, name }) => id === part.trim() || name.toLowerCase().includes(part.trim().toLowerCase()),
  )

function checkPart(listed: readonly NamedPool[], typed: string): true | string {
  const found = matching(listed, typed).length
  if (found === 0) return 'no pool here is called so'
  return found <= most || `${found} pools are called so: type more of the name`
}

/** Names of pools have up to 128 characters, and a line of the list that breaks would look like two. */
const nameOf = (name: string) => cut(name, 40)

function choiceOf({ id, name, ...pool }: ListedPool, column: number): Choice<string> {
  const { users, signInWith, owner, obstacle } = pool
  const by = signInWith.map((one) => (one === 'phone_number' ? 'number' : one)).join(' or ')
  return {
    value: id,
    name: obstacle
      ? nameOf(name)
      : `${nameOf(name).padEnd(column)}  ${count(users ?? 0, 'user')}, called by ${by || 'names'}`,
    short: `${name} (${id})`,
    description: owner ? `${id}, made by ${owner.name}` : id,
    disabled: obstacle,
  }
}

/** Of what is wanted there; where nobody has said it, of both that could be. */
function obstacleOf(interview: Interview, { signIn, signUp }: ExaminedPool): Obstacle | undefined {
  if (!isGiven(interview, 'signUp')) return signUp && signIn
  return currentOf(interview, 'signUp') ? signUp : signIn
}

function take(interview: Interview, pool: ExaminedPool): void {
  const { owner, id } = pool
  interview.pool = pool
  if (owner?.isStack) {
    interview.output.warn(
      `The pool ${id} belongs to ${owner.name}: everything is made but its triggers, and the change for its template is printed. --take-triggers writes them all the same, until its next update.`,
    )
  }
}

/** Whether new users may come in by their number; the users of the pool may in any case. */
export async function askSignUp(interview: Interview): Promise<void> {
  const { prompts, pool, output, answers, changing } = interview
  const isChanged = changing.has('signUp')
  if (!isChanged && (!pool || isGiven(interview, 'signUp'))) return
  if (!isChanged && pool?.signUp) {
    output.say(`Its users may sign in, new ones not sign up: ${pool.signUp.brief}.`)
    return answer(interview, 'signUp', false)
  }
  if (!isChanged && pool?.signIn) {
    output.say('None of its users has a number: new ones may sign up.')
    return answer(interview, 'signUp', true)
  }
  const message = 'Let new users sign up there with their number, too?'
  const before = answers.get('signUp') ?? String(isChanged && currentOf(interview, 'signUp'))
  const yes = await prompts.confirm({ message, ...waysOf('signUp'), default: before === 'true' })
  answer(interview, 'signUp', yes)
}

/** Whether a number counts that nobody has proven; says what that risks, and asks once more. Throws WentBack. */
export async function askTrust(interview: Interview): Promise<void> {
  const { prompts, pool, output, answers, changing } = interview
  const isChanged = changing.has('trustUnverifiedNumbers')
  if (!isChanged && (!pool || isGiven(interview, 'trustUnverifiedNumbers'))) return
  const before =
    answers.get('trustUnverifiedNumbers') ?? String(currentOf(interview, 'trustUnverifiedNumbers'))
  const yes = await prompts.confirm({
    message: 'Send codes also to numbers that Cognito does not call verified?',
    ...waysOf('trustUnverifiedNumbers'),
    default: before === 'true',
  })
  if (yes) {
    const writers = pool?.numberWriters ?? []
    const who = writers.length > 0 ? ` Users can by ${writers.map((one) => cut(one, 40)).join(', ')}.` : ''
    output.warn(
      `Until an account has proven a number, whoever can write one into it can take it: support, an import, a mistake.${who} The first proof ends its password and its sessions.`,
    )
    const message = 'Take such numbers all the same?'
    if (!(await prompts.confirm({ message, default: false }))) throw new WentBack()
  }
  answer(interview, 'trustUnverifiedNumbers', yes)
}
