// Where the ids and keys of the account come from: chance, or seeds that give the same ones at each start.
import { hkdfSync, randomBytes } from 'node:crypto'

/** Gives bytes for what a name stands for; asked again for the same name, others. */
export type Draw = (name: string, bytes: number) => Uint8Array

export interface Chance {
  /** For what everybody may see, as the id of a pool: whoever has the seed can tell it. */
  id: Draw
  /** For keys. */
  secret: Draw
}

export interface Seeds {
  ids?: string | undefined
  secrets?: string | undefined
}

/** What has no seed is random. */
export const chanceOf = ({ ids, secrets }: Seeds = {}): Chance => ({
  id: drawOf(ids),
  secret: drawOf(secrets),
})

function drawOf(seed: string | undefined): Draw {
  if (seed === undefined) return (_name, bytes) => randomBytes(bytes)
  const times = new Map<string, number>()
  return (name, bytes) => {
    const time = times.get(name) ?? 0
    times.set(name, time + 1)
    return new Uint8Array(hkdfSync('sha256', seed, '', `${name}/${time}`, bytes))
  }
}

/** An id of so many characters of an alphabet; even enough for ids. */
export function written(draw: Draw, name: string, length: number, alphabet: string): string {
  const bytes = Buffer.from(draw(name, length * 2))
  return Array.from({ length }, (_, at) =>
    alphabet.charAt(bytes.readUInt16BE(at * 2) % alphabet.length),
  ).join('')
}
