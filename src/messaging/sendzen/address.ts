// The addresses of the SendZen API.

/** The part before `/v1/messages`: account endpoints lie beside it. No trailing slash. */
export function baseOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/v1\/messages\/?$/, '').replace(/\/+$/, '')
}
