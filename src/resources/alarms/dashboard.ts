// The CloudWatch dashboard of a stage: what its alarms watch, to look at.
import type { Aws } from '../../aws/clients.ts'
import { ifFound } from '../../aws/errors.ts'
import { finish } from '../../engine/refusal.ts'
import type { Resource } from '../../engine/resource.ts'
import { arns, names, type Place, stageTag } from '../../names.ts'
import { bodyOf } from './dashboard-body.ts'

interface Want {
  body: object
}

interface Have {
  /** Undefined where it is not JSON. */
  body: unknown
  isOurs: boolean
}

const load = () => import('../../aws/late/cloudwatch.ts')

/**
 * Not every part of AWS takes tags on a dashboard, and no caller can rely on reading them: that it is ours is told by
 * its name and by a mark in its text.
 */
export const markOf = ({ stage }: Place) => `\`${stageTag}=${stage}\``

export function dashboard(place: Place): Resource<Want, Have> {
  const name = names.dashboard(place.stage, place.region)

  const read = async (aws: Aws): Promise<Have | undefined> => {
    const { GetDashboardCommand } = await load()
    const client = await aws.cloudwatch()
    const found = await ifFound(client.send(new GetDashboardCommand({ DashboardName: name })))
    if (!found) return undefined
    const text = found.DashboardBody ?? ''
    return { body: parse(text), isOurs: text.includes(markOf(place)) }
  }

  const put = async (aws: Aws, { body }: Want): Promise<Have> => {
    const { PutDashboardCommand } = await load()
    const input = { DashboardName: name, DashboardBody: JSON.stringify(body) }
    await (await aws.cloudwatch()).send(new PutDashboardCommand(input))
    return { body, isOurs: true }
  }

  const self: Resource<Want, Have> = {
    kind: 'dashboard',
    id: 'dashboard',
    name,
    needs: [],
    removeAfter: [],
    permissions: [
      {
        actions: ['cloudwatch:GetDashboard', 'cloudwatch:PutDashboard', 'cloudwatch:DeleteDashboards'],
        on: [arns.dashboard(place)],
      },
    ],

    isWanted: ({ alarms }) => alarms === true,
    want: ({ settings }) => ({ body: bodyOf(place, settings, markOf(place)) }),
    read,
    isOurs: (have) => have.isOurs,
    diff: ({ body }, have) =>
      canonical(body) === canonical(have.body)
        ? []
        : [{ field: 'body', from: '(another one)', to: '(that of this version)' }],

    async create(aws, wanted) {
      const there = await read(aws)
      return there ? finish(self, aws, wanted, there) : put(aws, wanted)
    },
    update: (aws, wanted) => put(aws, wanted),
    /** The mark comes with the body, which differs. */
    adopt: async (_aws, have) => ({ ...have, isOurs: true }),

    async remove(aws) {
      const { DeleteDashboardsCommand } = await load()
      await ifFound((await aws.cloudwatch()).send(new DeleteDashboardsCommand({ DashboardNames: [name] })))
    },
  }
  return self
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The same text whatever the order of the members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
