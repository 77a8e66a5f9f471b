// What the programmatic API says of a stage's alarms. Plain types.

/** The alarms of a stage as they stand. */
export interface StageAlarms {
  /** Where the dashboard is looked at; undefined where there is none. */
  dashboard: string | undefined
  /** How many there are. */
  count: number
  /** Those in alarm, oldest first; `since` is ISO 8601. */
  ringing: { name: string; says: string; since: string }[]
  /** Whom they tell; undefined where nobody is. */
  tells: { topic: string } | { email: string; confirmed: boolean } | undefined
}
