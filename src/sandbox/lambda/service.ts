// Lambda: the service put together from its subjects.

import type { Provided } from '../account/provided.ts'
import type { World } from '../account/world.ts'
import type { RestService } from '../protocol/rest.ts'
import { concurrencyOperations } from './concurrency.ts'
import { createMappingStore } from './event-source-store.ts'
import { eventSourceOperations } from './event-sources.ts'
import { functionOperations } from './function-operations.ts'
import { FunctionRunner } from './function-runner.ts'
import { createFunctionStore } from './functions.ts'
import type { LambdaInside } from './inside.ts'
import { invokeOperations, serviceInvoke } from './invoke.ts'
import { policyOperations } from './policy.ts'
import { QueuePoller } from './queue-poller.ts'
import { tagOperations } from './tags.ts'
import { urlDoor, urlOperations } from './urls.ts'
import { versionOperations } from './versions.ts'
import { encodeFault, paths, unreadable } from './wire.ts'

export interface Lambda extends RestService, Pick<Provided, 'invoke' | 'functionExists'> {
  inside: LambdaInside
  /** The addresses of functions. */
  door: ReturnType<typeof urlDoor>
}

export function createLambda(
  world: World,
  others: Pick<Provided, 'findQueue' | 'findRole' | 'openSession' | 'writeLog'>,
): Lambda {
  const store = createFunctionStore(world, others)
  const runner = new FunctionRunner(world, others)
  const mappings = createMappingStore(world)
  const poller = new QueuePoller(world, store, mappings, runner, others)
  const executions = { account: 10 }
  return {
    name: 'lambda',
    protocol: 'rest',
    paths,
    unreadable,
    encodeFault,
    // 50 MB of a package, in base64.
    mostBytes: 70 * 1024 * 1024,
    throttling: { code: 'TooManyRequestsException', status: 429 },
    operations: {
      ...functionOperations(world, store, runner),
      ...versionOperations(world, store),
      ...policyOperations(world, store),
      ...concurrencyOperations(store, executions),
      ...urlOperations(world, store),
      ...invokeOperations(store, runner),
      ...tagOperations(store, mappings),
      ...eventSourceOperations(world, store, mappings, others, () => poller.watch()),
    },
    inside: {
      executions,
      trouble: (name, trouble) => {
        const fn = store.find(name)
        if (!fn) throw new Error(`there is no function ${name}`)
        fn.trouble = trouble
      },
      limits: runner.limits,
      processes: () => runner.processes,
      settleQueues: () => poller.settle(),
    },
    door: urlDoor(world, store, runner),
    invoke: serviceInvoke(world, store, runner),
    functionExists: (arn) => store.resolveArn(arn) !== undefined,
    inventory: () => [
      ...store.all().map(({ name }) => ({ kind: 'function', name })),
      ...mappings.all().map(({ uuid }) => ({ kind: 'event source mapping', name: uuid })),
    ],
    close: () => {
      poller.close()
      return runner.close()
    },
  }
}
