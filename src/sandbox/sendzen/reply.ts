// How SendZen answers: the envelope of success, the envelope of errors, and the validation problem.
import type * as z from 'zod'

export interface Reply {
  status: number
  headers: Record<string, string>
  body: string
}

export function json(status: number, content: object, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(content),
  }
}

export const success = (message: string, data: object) => json(200, { message, data })

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** SendZen's error envelope; `code` is a string, Meta's number where the error is Meta's. */
export function refusal(
  status: number,
  code: string,
  details: string,
  headers?: Record<string, string>,
): Reply {
  return json(status, { message: titles[status] ?? 'Error', error: { code, details } }, headers)
}

/** The validation problem of ASP.NET, which SendZen answers when a body has the wrong shape. */
export function problem(error: z.ZodError): Reply {
  const errors: Record<string, string[]> = {}
  for (const issue of error.issues) {
    const field = issue.path.join('.') || '$'
    errors[field] = [...(errors[field] ?? []), issue.message]
  }
  return json(400, { title: 'One or more validation errors occurred.', status: 400, errors })
}
