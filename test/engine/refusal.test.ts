// One refusal: the same code and words for a plan, for playing it, and for a `create` that no plan has warned.
import { describe, expect, it } from 'vitest'
import { readStack } from '../../src/engine/have.ts'
import { planDeploy } from '../../src/engine/plan.ts'
import { finish, refuseBlocked } from '../../src/engine/refusal.ts'
import { type FakeOptions, fake, fakeAws, inputs } from './fake-resources.ts'

const foreign = { id: 'a', there: { value: 'new', isOurs: false } }
const fixed = { id: 'a', there: { value: 'old' }, blocked: 'its users would be lost' }

async function planned(...all: FakeOptions[]): Promise<unknown> {
  const resources = all.map((one) => fake([], one))
  const plan = planDeploy(resources, inputs, await readStack(fakeAws(), resources))
  return errorOf(async () => refuseBlocked(plan, 'dev'))
}

const met = (one: FakeOptions, log: string[] = []) =>
  errorOf(() => finish(fake(log, one), fakeAws(), 'new', one.there))

const errorOf = (work: () => Promise<unknown>): Promise<unknown> =>
  work().then(
    () => undefined,
    ({ code, message, why, next }) => ({ code, message, why, next }),
  )

describe('a refusal', () => {
  it('of somebody else’s names the ways out', async () => {
    const error = {
      code: 'FOREIGN_RESOURCE',
      message: 'fake name-of-a stays as it is',
      why: 'a fake of this name exists that whatsapp-otp did not make for this stage',
      next: [
        'choose another stage name, or remove that fake yourself',
        'whatsapp-otp deploy --stage dev --adopt   takes it over, after showing what that changes',
      ],
    }
    expect(await planned(foreign)).toEqual(error)
    expect(await met(foreign)).toEqual(error)
  })

  it('of what AWS cannot change in place names the fields', async () => {
    const error = {
      code: 'REPLACE_REFUSED',
      message: 'fake name-of-a stays as it is',
      why: 'its users would be lost',
      next: ['set value back, or make a new stage beside dev'],
    }
    expect(await planned(fixed)).toEqual(error)
    expect(await met(fixed)).toEqual(error)
  })

  it('of several counts the others', async () => {
    expect(await planned(fixed, { ...foreign, id: 'b' })).toMatchObject({
      code: 'REPLACE_REFUSED',
      why: 'its users would be lost; the same goes for 1 more',
    })
  })

  it('is none where nothing is refused', async () => {
    expect(await planned({ id: 'a' }, { id: 'b', there: { value: 'old' } })).toBeUndefined()
  })
})

describe('a create that meets one of its name', () => {
  it('changes what differs of ours, and nothing of what is as wanted or not ours', async () => {
    const log: string[] = []
    await met({ id: 'same', there: { value: 'new' } }, log)
    await met(foreign, log)
    await met(fixed, log)
    expect(log).toEqual([])
    await met({ id: 'old', there: { value: 'old' } }, log)
    expect(log).toEqual(['update old', 'updated old'])
  })
})
