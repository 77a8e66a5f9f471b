// SendZen's logs count time in .NET ticks: 100 ns since the year 1, beyond what a number can hold exactly.

const unixEpoch = 621_355_968_000_000_000n

/** Epoch milliseconds to ticks, as text. */
export function toTicks(ms: number): string {
  return String(BigInt(Math.trunc(ms)) * 10_000n + unixEpoch)
}

/** Ticks to epoch milliseconds. JSON's rounding of large numbers stays far below a millisecond. */
export function fromTicks(ticks: string): number | undefined {
  const whole = Number(ticks)
  if (!Number.isFinite(whole)) return undefined
  const exact = /^\d+$/.test(ticks) ? BigInt(ticks) : BigInt(Math.trunc(whole))
  return Number((exact - unixEpoch) / 10_000n)
}
