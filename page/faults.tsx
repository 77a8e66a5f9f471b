// What can go wrong, to be switched on and off.
import { useState } from 'preact/hooks'
import { decideNext, setSwitch } from './api.ts'
import { change, useLive } from './live.ts'

export function Faults() {
  const { switches, fates, numbers } = useLive()
  const [trouble, setTrouble] = useState('')
  const [fate, setFate] = useState('')
  const [told, setTold] = useState('')
  const flip = (id: string, isOn: boolean) =>
    setSwitch(id, isOn).then(
      (now) => change({ switches: now }),
      (error: Error) => setTrouble(error.message),
    )
  const words = (name: string) => numbers.find((one) => one.fate === name)?.says ?? name
  const decide = async () => {
    const name = fate || fates[0] || ''
    await decideNext(name, 1).then(
      () => setTold(`The next message: ${words(name)}.`),
      (error: Error) => setTrouble(error.message),
    )
  }
  return (
    <section class="faults" aria-label="Faults">
      <h2>Faults</h2>
      {trouble && <p role="alert">{trouble}</p>}
      <ul>
        {switches.map(({ id, says, isOn }) => (
          <li key={id}>
            <label class="check">
              <input type="checkbox" checked={isOn} onChange={() => void flip(id, !isOn)} /> {says}
            </label>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void decide()
        }}
      >
        <label>
          The next message, to whatever number{' '}
          <select value={fate || fates[0]} onChange={({ currentTarget }) => setFate(currentTarget.value)}>
            {fates.map((name) => (
              <option key={name} value={name}>
                {words(name)}
              </option>
            ))}
          </select>
        </label>
        <button type="submit">Decide</button>
        <p role="status">{told}</p>
      </form>
      <p class="dim">Numbers that fail by themselves are below the form of the App.</p>
    </section>
  )
}
