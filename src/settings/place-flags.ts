// What a command has to be told of the place that another one has found.
import { type Sources, type Target, targetOf } from './sources.ts'

/** `--stage dev`, and profile and region where they were a flag, or picked in this run. */
export function placeFlags({ target, sources }: { target: Target; sources: Sources }): string {
  const said = targetOf({ ...sources, flags: { stage: target.stage } })
  // The profile that is taken where none is named.
  const usual = { profile: 'default', region: undefined }
  const flags = (['profile', 'region'] as const).map((name) =>
    target[name] && target[name] !== (said[name] ?? usual[name]) ? ` --${name} ${target[name]}` : '',
  )
  return `--stage ${target.stage}${flags.join('')}`
}
