import { createHash, createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto'

/** What a signed request of the hub names: who asks, why, by which grant, for which data (hub.md, Nodes). */
export type Claims = {
  /** Seconds since 1970 when it was signed. */
  readonly iat: number
  /** One request, once. */
  readonly jti: string
  readonly user: string
  readonly purpose: string
  readonly grant: string
  readonly dataset: string
  readonly study?: string
  /** Marks (`seriesMark`) of series of the study that this person may not see: the node leaves them out. */
  readonly without?: readonly string[]
  readonly method: string
  /** Path and query as sent. */
  readonly path: string
}

/** A series in a claim: a hash of 72 bits, since a header has room for many of these and few UIDs. */
export const seriesMark = (seriesInstanceUid: string): string => createHash('sha256').update(seriesInstanceUid).digest('base64url').slice(0, 12)
/** Bytes that the headers of a signed request may have: a node's server must take as many. */
export const headerCap = 65_536

const scheme = 'CIW-Ed25519'
/** A signed request is good for this long, either way, for clocks that differ. */
export const signatureLifeSeconds = 60

/** The `Authorization` value for a request: `CIW-Ed25519 claims.signature`, both base64url. */
export const signClaims = (claims: Omit<Claims, 'iat' | 'jti'>, privateKeyPem: string, now = Date.now()): string => {
  const body = Buffer.from(JSON.stringify({ ...claims, iat: Math.floor(now / 1000), jti: randomUUID() }))
  return `${scheme} ${body.toString('base64url')}.${sign(null, body, createPrivateKey(privateKeyPem)).toString('base64url')}`
}

export type Verified = { readonly kind: 'claims'; readonly claims: Claims } | { readonly kind: 'refused'; readonly reason: string }

const refused = (reason: string): Verified => ({ kind: 'refused', reason })

/**
 * Verifies the `Authorization` value of a request against the hub's public key and the request itself.
 * Seen ids are kept for the life of a signature, so that a copied request is refused.
 */
export const createVerifier = (publicKeyPem: string, clock: () => number = Date.now) => {
  const key = createPublicKey(publicKeyPem)
  const seen = new Map<string, number>()
  return (header: string | undefined, method: string, path: string): Verified => {
    const [name, token = ''] = (header ?? '').split(' ')
    const [body = '', signature = ''] = token.split('.')
    if (name !== scheme || !body || !signature) return refused('the request is not signed')
    const bytes = Buffer.from(body, 'base64url')
    if (!verify(null, bytes, key, Buffer.from(signature, 'base64url'))) return refused('the signature does not match')
    const claims = JSON.parse(bytes.toString('utf8')) as Claims
    const now = clock() / 1000
    if (Math.abs(now - claims.iat) > signatureLifeSeconds) return refused('the signature is too old')
    if (claims.method !== method || claims.path !== path) return refused('the signature is for another request')
    for (const [id, at] of seen) if (now - at > 2 * signatureLifeSeconds) seen.delete(id)
    if (seen.has(claims.jti)) return refused('the request was sent before')
    seen.set(claims.jti, now)
    return { kind: 'claims', claims }
  }
}
