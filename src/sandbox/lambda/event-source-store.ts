// The event source mappings of the account: which queue feeds which function, and their states over time.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import { type Context, resourceTags } from '../account/condition.ts'
import type { World } from '../account/world.ts'
import { type Input, text } from '../protocol/fields.ts'
import type { Call } from '../protocol/service.ts'
import type { MappingSettings } from './event-source-input.ts'

type Underway = 'Creating' | 'Enabling' | 'Disabling' | 'Updating'

export interface EventSourceMapping {
  uuid: string
  arn: string
  functionArn: string
  sourceArn: string
  settings: MappingSettings
  tags: Record<string, string>
  modifiedAt: number
  /** What is under way with it until it has settled. */
  underway: Underway
  settledAt: number
  goneAt: number | undefined
}

export type MappingStore = ReturnType<typeof createMappingStore>

export function createMappingStore(world: World) {
  const mappings = new Map<string, EventSourceMapping>()

  const arnOf = (uuid: string) =>
    `arn:${world.partition}:lambda:${world.region}:${world.account}:event-source-mapping:${uuid}`

  function find(uuid: string): EventSourceMapping | undefined {
    const mapping = mappings.get(uuid)
    if (mapping?.goneAt === undefined || mapping.goneAt > world.now()) return mapping
    mappings.delete(uuid)
    return undefined
  }

  const notFound = () =>
    new AwsFault('ResourceNotFoundException', 'The resource you requested does not exist.', 404)

  /** Authorises a call on the mapping of a UUID, and finds it. */
  function mappingFor(input: Input, call: Call): EventSourceMapping {
    const uuid = text(input, 'UUID')
    const mapping = find(uuid)
    const known = mapping && { ...resourceTags(mapping.tags), 'lambda:FunctionArn': mapping.functionArn }
    call.authorize(`lambda:${call.operation}`, arnOf(uuid), known)
    if (!mapping) throw notFound()
    return mapping
  }

  /** The same by its ARN, as the calls on tags name it. */
  function taggedFor(arn: string, call: Call, context?: Context): EventSourceMapping {
    const mapping = find(arn.slice(arn.lastIndexOf(':') + 1))
    call.authorize(`lambda:${call.operation}`, arn, { ...resourceTags(mapping?.tags ?? {}), ...context })
    if (mapping?.arn !== arn) throw notFound()
    return mapping
  }

  /** Every mapping that still exists, oldest first. */
  const all = () => [...mappings.keys()].map(find).filter((mapping) => mapping !== undefined)

  function stateOf(mapping: EventSourceMapping): Underway | 'Enabled' | 'Disabled' | 'Deleting' {
    if (mapping.goneAt !== undefined) return 'Deleting'
    if (world.now() < mapping.settledAt) return mapping.underway
    return mapping.settings.isEnabled ? 'Enabled' : 'Disabled'
  }

  /** Guards whatever changes or deletes a mapping. */
  function refuseUnlessSettled(mapping: EventSourceMapping, verb: 'update' | 'delete'): void {
    const state = stateOf(mapping)
    if (state === 'Enabled' || state === 'Disabled') return
    throw new AwsFault(
      'ResourceInUseException',
      `Cannot ${verb} the event source mapping because it is in use.`,
    )
  }

  function add(
    fields: Pick<EventSourceMapping, 'functionArn' | 'sourceArn' | 'settings' | 'tags'>,
    uuid: string = randomUUID(),
  ): EventSourceMapping {
    const now = world.now()
    const mapping: EventSourceMapping = {
      ...fields,
      uuid,
      arn: arnOf(uuid),
      modifiedAt: now,
      underway: 'Creating',
      settledAt: now + world.delays.functionPending,
      goneAt: undefined,
    }
    mappings.set(uuid, mapping)
    return mapping
  }

  function change(mapping: EventSourceMapping, settings: MappingSettings, functionArn: string): void {
    const isToggled = settings.isEnabled !== mapping.settings.isEnabled
    mapping.underway = !isToggled ? 'Updating' : settings.isEnabled ? 'Enabling' : 'Disabling'
    mapping.settings = settings
    mapping.functionArn = functionArn
    mapping.modifiedAt = world.now()
    mapping.settledAt = world.now() + world.delays.functionPending
  }

  function remove(mapping: EventSourceMapping): void {
    mapping.modifiedAt = world.now()
    mapping.goneAt = world.now() + world.delays.deletion
  }

  /** Whether it hands messages to its function now; a change of what is enabled does not interrupt it. */
  const isFeeding = (mapping: EventSourceMapping) =>
    stateOf(mapping) === 'Enabled' || (stateOf(mapping) === 'Updating' && mapping.settings.isEnabled)

  /** `state` is what a call has just begun, over already where things take no time. */
  function describe(mapping: EventSourceMapping, state: string = stateOf(mapping)) {
    const { settings } = mapping
    return {
      UUID: mapping.uuid,
      BatchSize: settings.batchSize,
      MaximumBatchingWindowInSeconds: settings.window,
      EventSourceArn: mapping.sourceArn,
      FunctionArn: mapping.functionArn,
      LastModified: new Date(mapping.modifiedAt),
      State: state,
      StateTransitionReason: 'USER_INITIATED',
      FunctionResponseTypes: settings.responseTypes,
      ScalingConfig:
        settings.maximumConcurrency === undefined
          ? undefined
          : { MaximumConcurrency: settings.maximumConcurrency },
      EventSourceMappingArn: mapping.arn,
    }
  }

  return { add, all, arnOf, change, describe, isFeeding, mappingFor, refuseUnlessSettled, remove, taggedFor }
}
