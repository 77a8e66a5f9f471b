// The log groups of the account with their streams and events, and how functions write to them.

import type { LogLine, Provided } from '../account/provided.ts'
import { Recent, remember } from '../account/recent.ts'
import type { World } from '../account/world.ts'

interface LogEvent extends LogLine {
  id: string
  stream: string
  ingestedAt: number
}

export interface Group {
  name: string
  createdAt: number
  retention: number | undefined
  tags: Record<string, string>
  /** Streams by name, with their creation time; the newest ones. */
  streams: Recent<string, number>
  /** The newest ones, as many as are remembered. */
  events: LogEvent[]
}

export function createGroups(world: World) {
  const groups = new Map<string, Group>()
  let written = 0

  const groupArn = (name: string) =>
    `arn:${world.partition}:logs:${world.region}:${world.account}:log-group:${name}`
  /** Outside the tagging calls, Logs authorises on a stream of the group, so policies must end in `:*`. */
  const streamArn = (group: string, stream = '') => `${groupArn(group)}:log-stream:${stream}`

  function addGroup(name: string, tags: Record<string, string>): Group {
    const group: Group = {
      name,
      createdAt: world.now(),
      retention: undefined,
      tags,
      streams: new Recent(),
      events: [],
    }
    groups.set(name, group)
    return group
  }

  /** Answers how many events the account has ever taken. */
  function append(group: Group, stream: string, lines: LogLine[]): number {
    const ingestedAt = world.now()
    for (const line of lines) {
      written += 1
      const id = String(written).padStart(56, '3')
      remember(group.events, { ...line, id, stream, ingestedAt })
    }
    return written
  }

  const writeLog: Provided['writeLog'] = (role, name, stream, lines) => {
    let group = groups.get(name)
    // A role that may create groups brings a deleted one back, without its retention.
    if (!group && role.allows('logs:CreateLogGroup', streamArn(name))) group = addGroup(name, {})
    if (!group || lines.length === 0) return
    if (!group.streams.has(stream)) {
      if (!role.allows('logs:CreateLogStream', streamArn(name, stream))) return
      group.streams.set(stream, world.now())
    }
    if (role.allows('logs:PutLogEvents', streamArn(name, stream))) append(group, stream, lines)
  }

  return { addGroup, append, groupArn, groups, streamArn, writeLog }
}
