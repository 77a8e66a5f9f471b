// The scene of the probes: pools that are made when the first one asks for them.
import { type BarePool, makeBarePool } from './bare-pool.ts'
import { type EchoPool, makeEchoPool } from './echo-pool.ts'
import { Ground } from './ground.ts'

export class Scene extends Ground {
  barePool(): Promise<BarePool> {
    return this.once('pool', () => makeBarePool(this))
  }

  echoPool(): Promise<EchoPool> {
    return this.once('triggers', () => makeEchoPool(this))
  }
}
