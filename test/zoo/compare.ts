// What two descriptions of a pool differ in, by the paths of members.

type Members = Record<string, unknown>

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** As `LambdaConfig.PreSignUp`: every member that stands in one alone or is another there, sorted. */
export function differences(before: unknown, after: unknown, path: string[] = []): string[] {
  if (isMembers(before) && isMembers(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
    return names.flatMap((name) => differences(before[name], after[name], [...path, name]))
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path.join('.')]
}
