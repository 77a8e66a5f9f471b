// Which proxy a request goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY as the AWS CLI reads them.
import type { Env } from './env.ts'

/**
 * The proxy for an address, or undefined where it is asked directly. Either case of a variable counts, the lower
 * one first. What runs on this very computer is never behind a proxy, which could not reach it.
 * @param env the process's own variables: a file in the working directory must not redirect calls
 */
export function proxyFor(url: URL, env: Env): URL | undefined {
  const read = (name: string) => env[name] || env[name.toUpperCase()]
  const scheme = url.protocol.slice(0, -1)
  const value = read(`${scheme}_proxy`)
  if (!value || isLoopback(url.hostname) || isExempt(url, read('no_proxy') ?? '')) return undefined
  const address = value.includes('://') ? value : `http://${value}`
  return URL.canParse(address) ? new URL(address) : undefined
}

/** True for an address that no request to leaves this computer. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname)
}

/** Each entry is a host with all below it, with or without a leading dot, and perhaps a port; `*` is every host. */
function isExempt({ hostname, host }: URL, list: string): boolean {
  const entries = list.toLowerCase().split(',')
  return entries
    .map((entry) => entry.trim().replace(/^\*?\.+/, ''))
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || [hostname, host].some((one) => `.${one}`.endsWith(`.${entry}`)))
}
