// The page as a whole: its head, its views, and what a screen reader hears.
import { useEffect } from 'preact/hooks'
import { clearAll } from './api.ts'
import { App } from './app.tsx'
import { Faults } from './faults.tsx'
import { Ids } from './ids.tsx'
import { useLive } from './live.ts'
import { Phone } from './phone.tsx'
import { hrefTo, useRoute, type View, views } from './route.ts'
import { Sequence } from './sequence.tsx'
import { Time } from './time.tsx'
import { Users } from './users.tsx'

/** Side by side where there is room, one at a time where there is not. */
const sides: readonly View[] = ['app', 'phone', 'sequence']

export function Workshop() {
  const { isLive, said } = useLive()
  const { view, what } = useRoute()
  useEffect(() => {
    document.title = `${views[view]} · whatsapp-otp dev`
  }, [view])
  return (
    <>
      <header>
        <h1>whatsapp-otp dev</h1>
        <span class="live" role="status" data-on={isLive || undefined}>
          {isLive ? 'live' : 'connecting'}
        </span>
        <Time />
        <nav aria-label="Views">
          {Object.entries(views).map(([name, title]) => (
            <a key={name} href={hrefTo(name as View)} aria-current={name === view ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <button type="button" class="clear" onClick={() => void clearAll()}>
          Clear
        </button>
      </header>
      <main data-view={view} class={sides.includes(view) ? 'sides' : 'one'}>
        {sides.includes(view) && (
          <>
            <App />
            <Phone number={view === 'phone' ? what : ''} />
            <Sequence id={view === 'sequence' ? what : ''} />
          </>
        )}
        {view === 'users' && <Users />}
        {view === 'faults' && <Faults />}
        {view === 'ids' && <Ids />}
      </main>
      <p class="sr" aria-live="polite">
        {said}
      </p>
    </>
  )
}
