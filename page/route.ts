// Where the page stands: `#/view` or `#/view/what`, so that every place has an address.
import { useSyncExternalStore } from 'preact/compat'

export const views = {
  app: 'App',
  phone: 'Phone',
  sequence: 'Sequence',
  users: 'Users',
  faults: 'Faults',
  ids: 'Ids',
} as const

export type View = keyof typeof views

export interface Route {
  view: View
  /** A number, or the id of a sign-in. */
  what: string
}

export const hrefTo = (view: View, what = '') =>
  `#/${view}${what && `/${encodeURIComponent(what).replaceAll('%2B', '+')}`}`

export function goTo(view: View, what = ''): void {
  location.hash = hrefTo(view, what)
}

/** Of an address that is none the first view. */
function read(): Route {
  const [, view = '', rest = ''] = /^#\/(\w+)\/?(.*)$/.exec(location.hash) ?? []
  let what = ''
  try {
    what = decodeURIComponent(rest)
  } catch {
    // Typed by hand, and no address: nothing is chosen.
  }
  return { view: Object.hasOwn(views, view) ? (view as View) : 'app', what }
}

let route = read()

function subscribe(listener: () => void): () => void {
  const changed = () => {
    route = read()
    listener()
  }
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, () => route)
