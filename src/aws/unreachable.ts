// AWS gave no answer, or none was let through: what happened, in the user's words.
import { AppError } from '../errors.ts'
import { failedCall } from './calls.ts'

const untrusted =
  /^(UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|(DEPTH_ZERO_)?SELF_SIGNED_CERT.*|CERT_\w+|ERR_TLS_CERT_\w+)$/
const unconnected = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** AWS_UNREACHABLE where the error says that no answer came; undefined for every other. */
export function unreachable(error: unknown, failed: string): AppError | undefined {
  const { name = '', code = '', message = '' } = (error ?? {}) as Partial<Record<string, string>>
  const tell = (why: string, next: string) =>
    new AppError('AWS_UNREACHABLE', failed, { why, next: [next], cause: error })
  const call = failedCall(error)
  const again = 'run the same command again; it is safe to repeat'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return tell(
      'the address of the AWS service was not found: the region may not exist, or there is no network',
      'check --region and the network, then run the same command again',
    )
  }
  if (code === 'EPROXY') {
    return tell(message, 'check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, then run the same command again')
  }
  if (untrusted.test(code)) {
    return tell(
      `the certificate that ${call?.service ?? 'AWS'} shows is not trusted (${code})`,
      'behind a proxy that opens TLS, set AWS_CA_BUNDLE to the file with its certificate',
    )
  }
  if (name === 'TimeoutError') {
    const what = call ? `${call.service} did not answer ${call.operation}` : 'AWS did not answer'
    return tell(`${what} ${call ? `in ${seconds(call.ms)}` : 'in time'} (${code || 'time-out'})`, again)
  }
  if (unconnected.has(code)) {
    const whom = call ? `${call.service} for ${call.operation}` : 'AWS'
    return tell(`no connection to ${whom} (${code})`, again)
  }
  return undefined
}

const seconds = (ms: number) => (ms < 1_000 ? 'less than a second' : `${Math.round(ms / 1_000)} s`)
