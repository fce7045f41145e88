import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import Provider, { type JWK } from 'oidc-provider'
import { writeWhole } from '../../server/writeWhole.ts'
import type { Accounts } from './accounts.ts'
import { safeHeaders } from '../problem.ts'
import { errorPage, issuerStyle, signInPage } from './page.ts'

export type IssuerSecrets = { readonly clientSecret: string; readonly cookieKey: string; readonly jwk: JWK }

const openSecrets = (file: string): IssuerSecrets => {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const secrets = { clientSecret: randomBytes(32).toString('base64url'), cookieKey: randomBytes(32).toString('base64url'), jwk: { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'embedded-1' } }
    writeWhole(file, JSON.stringify(secrets))
  }
  return JSON.parse(readFileSync(file, 'utf8')) as IssuerSecrets
}

const formCap = 4096
const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > formCap) throw new Error('the form is too large')
  }
  return new URLSearchParams(text)
}

/**
 * The embedded OpenID issuer: authorisation code with PKCE for one client, the hub. Its pages are its own, since the library's
 * development pages break the content security policy.
 */
export const createIssuer = ({ issuerUrl, publicUrl, secretsFile, accounts }: { issuerUrl: string; publicUrl: string; secretsFile: string; accounts: Accounts }) => {
  const secrets = openSecrets(secretsFile)
  const provider = new Provider(issuerUrl, {
    clients: [{
      client_id: 'workbench', client_secret: secrets.clientSecret, redirect_uris: [`${publicUrl}/api/session/return`], post_logout_redirect_uris: [`${publicUrl}/`],
      response_types: ['code'], grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_basic',
    }],
    jwks: { keys: [secrets.jwk] },
    cookies: { keys: [secrets.cookieKey] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'eduperson_entitlement'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Grant: 3600, Session: 3600 },
    findAccount: (_context, sub) => {
      const account = accounts.find(sub)
      return account ? { accountId: sub, claims: () => ({ sub, name: account.fullName, ...(account.approved ? { eduperson_entitlement: ['workbench'] } : {}) }) } : undefined
    },
    // The hub is the issuer's own client: what it asks for is granted without a page of its own.
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc
      if (!client || !session?.accountId) return undefined
      const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
    renderError: (context, { error, error_description }) => {
      context.type = 'html'
      context.body = errorPage(error_description ?? error, publicUrl)
    },
  })
  const callback = provider.callback()
  const pageHeaders = {
    'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'same-origin',
    // With no-referrer a form would send Origin: null.
    // Chromium applies form-action to the redirect after the form too.
    'content-security-policy': `default-src 'none'; style-src 'self'; form-action 'self' ${publicUrl}; frame-ancestors 'none'; base-uri 'none'`,
  }

  const handler = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
    for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value)
    const target = request.url ?? '/'
    if (!URL.canParse(target, issuerUrl)) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end('not an address')
      return
    }
    const { pathname } = new URL(target, issuerUrl)
    const uid = /^\/interaction\/([\w-]{1,64})$/.exec(pathname)?.[1]
    if (pathname === '/issuer.css') {
      response.writeHead(200, { 'content-type': 'text/css' }).end(issuerStyle)
    } else if (uid && request.method === 'GET') {
      response.writeHead(200, pageHeaders).end(signInPage({ action: `/interaction/${uid}` }))
    } else if (uid && request.method === 'POST') {
      await finish(request, response, uid)
    } else {
      await callback(request, response)
    }
  }
  const finish: (...args: [...Parameters<RequestListener>, string]) => Promise<void> = async (request, response, uid) => {
    try {
      if (request.headers.origin !== issuerUrl) throw new Error('the form was sent from another place')
      const form = await readForm(request)
      const name = form.get('name') ?? ''
      const account = accounts.check(name.trim(), form.get('password') ?? '')
      if (!account) {
        response.writeHead(401, pageHeaders).end(signInPage({ action: `/interaction/${uid}`, wrong: true, name }))
        return
      }
      await provider.interactionFinished(request, response, { login: { accountId: account.sub } }, { mergeWithLastSubmission: false })
    } catch {
      response.writeHead(400, pageHeaders).end(errorPage('The sign-in was started too long ago, or in another window. Start again from the workbench.', publicUrl))
    }
  }
  return { handler, clientSecret: secrets.clientSecret }
}
