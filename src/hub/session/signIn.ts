import { createHash } from 'node:crypto'
import * as oidc from 'openid-client'
import type { Database } from '../sql/database.ts'
import type { Audit } from '../audit.ts'
import { Refusal } from '../problem.ts'
import { clearCookie, hashSecret, newSecret, readCookie, sessionCookie, setCookie, signInCookie } from './cookies.ts'
import { absoluteMs, type Sessions } from './sessions.ts'

const transactionMs = 10 * 60_000

/** A path of this app, never another place: what does not look like one becomes the start page. */
export const ownPath = (path: string | null): string => (path && /^\/(?![/\\])[\w\-./?=&%~+,:@!$'()*;]*$/.test(path) && !path.startsWith('/api') ? path.slice(0, 500) : '/')

const redirect = (location: string, cookies: readonly string[]): Response => {
  const headers = new Headers({ location, 'cache-control': 'no-store' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

/** The embedded issuer answers on whatever port the program was started with; its people are the same on each. */
const embeddedIssuer = /^(http:\/\/127\.0\.0\.1):\d+$/

/** A person is who the issuer says by (iss, sub), never an e-mail address. */
export const personId = (iss: string, sub: string): string => createHash('sha256').update(`${iss.replace(embeddedIssuer, '$1')}\0${sub}`).digest('hex').slice(0, 24)

/**
 * Sign-in by navigation: authorisation code with PKCE, state and nonce (OpenID Connect Core 3.1; RFC 7636). The transaction's
 * secrets lie in SQL under a cookie of their own and are used once.
 */
export const createSignIn = ({ publicUrl, issuerUrl, clientId, clientSecret, database, sessions, audit, clock }: {
  publicUrl: string; issuerUrl: string; clientId: string; clientSecret: string; database: Database; sessions: Sessions; audit: Audit; clock: () => Date
}) => {
  let found: Promise<oidc.Configuration> | undefined
  const discover = (): Promise<oidc.Configuration> => {
    const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(issuerUrl)
    found ??= oidc.discovery(new URL(issuerUrl), clientId, clientSecret, oidc.ClientSecretBasic(clientSecret), loopback ? { execute: [oidc.allowInsecureRequests] } : {})
      .catch((error: unknown) => {
        found = undefined
        throw new Refusal('unavailable', `the sign-in service does not answer: ${error instanceof Error ? error.message : 'no reason given'}`)
      })
    return found
  }
  const redirectUri = `${publicUrl}/api/session/return`

  const start = async (request: Request): Promise<Response> => {
    const configuration = await discover()
    const secret = newSecret()
    const verifier = oidc.randomPKCECodeVerifier()
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()]
    const now = clock()
    await database.sql('delete from sign_in where created < $1', [new Date(now.getTime() - transactionMs)])
    await database.sql('insert into sign_in (hash, state, nonce, verifier, return_path, created) values ($1, $2, $3, $4, $5, $6)',
      [hashSecret(secret), state, nonce, verifier, ownPath(new URL(request.url).searchParams.get('return')), now])
    const target = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri, scope: 'openid profile', state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', prompt: 'login',
    })
    return redirect(target.href, [setCookie(signInCookie, secret, 'Lax', transactionMs / 1000)])
  }

  const finish = async (request: Request): Promise<Response> => {
    const secret = readCookie(request, signInCookie)
    const gone = [clearCookie(signInCookie, 'Lax')]
    const [transaction] = secret
      ? await database.sql<{ state: string; nonce: string; verifier: string; return_path: string }>(
        'delete from sign_in where hash = $1 and created > $2 returning state, nonce, verifier, return_path', [hashSecret(secret), new Date(clock().getTime() - transactionMs)])
      : []
    if (!transaction) return redirect('/?sign-in=expired', gone)
    let claims: oidc.IDToken | undefined
    try {
      const { search } = new URL(request.url)
      const tokens = await oidc.authorizationCodeGrant(await discover(), new URL(`${redirectUri}${search}`), {
        pkceCodeVerifier: transaction.verifier, expectedState: transaction.state, expectedNonce: transaction.nonce, idTokenExpected: true,
      })
      claims = tokens.claims()
    } catch {
      return redirect('/?sign-in=failed', gone)
    }
    if (!claims) return redirect('/?sign-in=failed', gone)
    const { iss, sub } = claims
    const approved = Array.isArray(claims['eduperson_entitlement']) && claims['eduperson_entitlement'].includes('workbench')
    const id = personId(iss, sub)
    const opened = await database.transaction(async (sql) => {
      await sql(`insert into person (id, iss, sub, name, approved) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set name = excluded.name, approved = person.approved or excluded.approved`, [id, iss, sub, typeof claims['name'] === 'string' ? claims['name'].slice(0, 200) : sub, approved])
      await audit(sql, { person: id, action: 'signIn', subject: { issuer: iss } })
      return sessions.open(sql, id)
    })
    return redirect(transaction.return_path, [...gone, setCookie(sessionCookie, opened, 'Strict', absoluteMs / 1000)])
  }

  const end = async (request: Request): Promise<Response> => {
    // A navigation from elsewhere must not sign a person out: a Strict cookie is not sent with it.
    const secret = readCookie(request, sessionCookie)
    if (secret) {
      await database.transaction(async (sql) => {
        const person = await sessions.close(sql, hashSecret(secret))
        if (person) await audit(sql, { person, action: 'signOut', subject: {} })
      })
    }
    return redirect('/', [clearCookie(sessionCookie, 'Strict')])
  }
  return { start, finish, end }
}
