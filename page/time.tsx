// The sandbox's clock, which can be moved forward: past a pause, the life of a code, a day's limit.
import { useEffect, useState } from 'preact/hooks'
import { advance } from './api.ts'
import { setNow } from './clock.ts'
import { change } from './live.ts'

const jumps: [label: string, ms: number][] = [
  ['+1 min', 60_000],
  ['+5 min', 300_000],
  ['+1 h', 3_600_000],
  ['+1 day', 86_400_000],
]

export function Time() {
  const [now, setShown] = useState(Date.now())
  useEffect(() => {
    const timer = setInterval(() => setShown(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const move = async (ms: number) => {
    setNow(await advance(ms))
    setShown(Date.now())
    change({})
  }
  const date = new Date(now)
  return (
    <fieldset class="time">
      <legend class="sr">The sandbox’s clock</legend>
      <time dateTime={date.toISOString()}>
        <span class="date">{date.toLocaleDateString()} </span>
        {date.toLocaleTimeString()}
      </time>
      {jumps.map(([label, ms]) => (
        <button key={label} type="button" onClick={() => void move(ms)}>
          {label}
        </button>
      ))}
    </fieldset>
  )
}
