// What an app needs to know of the stage, to be copied.
import { useState } from 'preact/hooks'
import { useLive } from './live.ts'

export function Ids() {
  const { stage, region } = useLive()
  const [label, setLabel] = useState('Copy')
  const rows = { ...stage, AWS_REGION: region, AWS_ENDPOINT_URL: location.origin }
  const text = Object.entries(rows)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setLabel('Copied'),
      () => setLabel('Copying is not allowed here'),
    )
  return (
    <section class="ids" aria-label="Ids">
      <h2>Ids</h2>
      <dl>
        {Object.entries(rows).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => void copy()}>
        {label}
      </button>
    </section>
  )
}
