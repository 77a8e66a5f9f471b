// Where an app keeps what has to outlive a reload: a port, and what browsers have for it.

/** As `localStorage`, or any store that answers later. */
export interface Store {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

export interface Stores {
  /**
   * The sign-in under way: a code is of no use without it. `sessionStorage` unless given, so that a reload and the way
   * to WhatsApp and back lose nothing, and no other tab takes part.
   */
  session: Store
  /**
   * The tokens. `sessionStorage` unless given: whoever brings a script into the page can read it, as he could memory,
   * but they are gone with the tab and never lie on a disk that others read later. Give `localStorage` to stay signed
   * in, or keep them from scripts altogether with `whatsapp-otp/server`.
   */
  tokens: Store
  /** By what the stage knows this device. `localStorage` unless given: a new one counts as a stranger's. */
  device: Store
}

/** Lost with the page. */
export function memory(): Store {
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key),
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  }
}

/** A store of the browser; memory where there is none, or where the browser refuses it. */
function ofBrowser(name: 'sessionStorage' | 'localStorage'): Store {
  try {
    return globalThis[name] ?? memory()
  } catch {
    return memory()
  }
}

export function storesOf(given: Partial<Stores> = {}): Stores {
  return {
    session: given.session ?? ofBrowser('sessionStorage'),
    tokens: given.tokens ?? ofBrowser('sessionStorage'),
    device: given.device ?? ofBrowser('localStorage'),
  }
}
