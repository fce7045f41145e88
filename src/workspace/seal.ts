import { ApiFailure } from '../api/index.ts'

/** AES-GCM with a random nonce of 96 bits, under a key that a version names. */
export type Sealed = { readonly keyVersion: number; readonly nonce: Uint8Array<ArrayBuffer>; readonly sealed: ArrayBuffer }
export type Keys = {
  /** The version that is written with. */
  readonly newest: number
  /** The key of a version: what was sealed names the one it needs. */
  readonly keyOf: (version: number) => Promise<CryptoKey>
}

const hex = (buffer: ArrayBuffer): string => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
export const sha256 = async (text: string | Uint8Array<ArrayBuffer>): Promise<string> => hex(await crypto.subtle.digest('SHA-256', typeof text === 'string' ? new TextEncoder().encode(text) : text))

/** Imports the hub's 32-byte key so that it cannot be read out again. */
export const importDraftKey = (base64: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)), 'AES-GCM', false, ['encrypt', 'decrypt'])

/** The keys of the person who is signed in, each asked for once. */
export const createKeys = async (draftKey: (version?: number) => Promise<{ readonly version: number; readonly key: string; readonly user: string }>): Promise<Keys & { readonly user: string }> => {
  const { version, key, user } = await draftKey()
  const keys = new Map([[version, importDraftKey(key)]])
  return {
    newest: version, user,
    keyOf: (wanted) => {
      const found = keys.get(wanted) ?? draftKey(wanted).then((old) => importDraftKey(old.key))
      keys.set(wanted, found)
      // An answer that did not come is asked for again.
      found.catch(() => keys.delete(wanted))
      return found
    },
  }
}

/** The key something was sealed with; undefined where the hub has it no more. @throws what came in place of it */
export const keyFor = (keys: Keys, { keyVersion }: Sealed): Promise<CryptoKey | undefined> => keys.keyOf(keyVersion).catch((error: unknown) => {
  if (error instanceof ApiFailure && error.status === 404) return undefined
  throw error
})

/** @param place what the record is bound to: opened anywhere else, it is not believed */
export const seal = async (keys: Keys, place: unknown, content: unknown): Promise<Sealed> => {
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const encoder = new TextEncoder()
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: encoder.encode(JSON.stringify(place)) }, await keys.keyOf(keys.newest), encoder.encode(JSON.stringify(content)))
  return { keyVersion: keys.newest, nonce, sealed }
}

/** @throws DOMException where it was changed, or stood at another place */
export const unseal = async (key: CryptoKey, place: unknown, { nonce, sealed }: Sealed): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: new TextEncoder().encode(JSON.stringify(place)) }, key, sealed)))
