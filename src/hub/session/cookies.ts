import { createHash, randomBytes } from 'node:crypto'

/** Names with the prefix that binds a cookie to this host and to https or loopback (RFC 6265bis 4.1.3.2). */
export const sessionCookie = '__Host-ciw'
export const signInCookie = '__Host-ciw-sign-in'

/** A secret for a cookie; the database holds only its hash. */
export const newSecret = (): string => randomBytes(32).toString('base64url')
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export const readCookie = (request: Request, name: string): string | undefined => {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}

export const setCookie = (name: string, value: string, sameSite: 'Strict' | 'Lax', maxAgeSeconds: number): string =>
  `${name}=${value}; Path=/; HttpOnly; Secure; SameSite=${sameSite}; Max-Age=${maxAgeSeconds}`
export const clearCookie = (name: string, sameSite: 'Strict' | 'Lax'): string => setCookie(name, '', sameSite, 0)
