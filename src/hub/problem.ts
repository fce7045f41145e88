import { randomUUID } from 'node:crypto'

/** Answers that the app and people can act on; `code` is stable (RFC 9457). */
const titles = {
  badRequest: [400, 'The request cannot be understood'], signedOut: [401, 'Sign in to go on'], forbidden: [403, 'Not allowed'],
  notFound: [404, 'Not found'], conflict: [409, 'It conflicts with what is there'], changed: [412, 'It was changed meanwhile'],
  tooLarge: [413, 'It is too large'], misdirected: [421, 'This address is not served here'], keyReused: [422, 'The idempotency key was used for another body'],
  unprocessable: [422, 'The content cannot be taken'], needsMatch: [428, 'If-Match is needed'], tooMany: [429, 'Too many requests'],
  upstream: [502, 'The hospital did not answer'], unavailable: [503, 'Not available now'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemCode = keyof typeof titles

/** A refusal thrown by a handler and answered as problem+json. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(readonly code: ProblemCode, readonly detail?: string, readonly headers: Readonly<Record<string, string>> = {}) {
    super(detail ?? titles[code][1])
  }
}

/** On every answer of the hub and of its issuer. */
export const safeHeaders = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin', 'cache-control': 'no-store' } as const

/** A refusal as an answer; refused and unknown things differ in nothing but the trace id. */
export const problemResponse = ({ code, detail, headers }: Pick<Refusal, 'code' | 'detail' | 'headers'>): Response => {
  const [status, title] = titles[code]
  return new Response(JSON.stringify({ type: 'about:blank', title, status, code, ...(detail ? { detail } : {}), trace: randomUUID() }), {
    status, headers: { 'content-type': 'application/problem+json', ...headers },
  })
}
