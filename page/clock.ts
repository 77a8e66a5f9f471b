// The page lives by the sandbox's clock: whoever moves it sees countdowns and codes end at once.

const machine = Date.now.bind(Date)
let offset = 0

// The client and its form ask `Date.now`, as they would in any app.
Date.now = () => machine() + offset

/** Epoch milliseconds that the sandbox has just told. */
export function setNow(now: number): void {
  offset = now - machine()
}
