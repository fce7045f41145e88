import { ApiFailure } from '../api/index.ts'
import { WadoFailure } from '../dicom/web/wadoClient.ts'
import { fullJitterMs } from '../domain/retry/retry.ts'
import type { Outside } from './port.ts'

/** A finished object: its UID and bytes stay the same however often it is sent. */
export type FinishedObject = { readonly sopInstanceUid: string; readonly seriesInstanceUid: string; readonly base64: string; readonly sha256: string }
/** What became of it at the hospital; `back` are its bytes as a request of its own brought them, `asSent` whether they are those that were sent. */
export type Delivered = { readonly kind: 'verified'; readonly back: Uint8Array; readonly asSent: boolean } | { readonly kind: 'differs' | 'rejected'; readonly detail: string }

/** What passes by itself: no way to the hub, or a hub or hospital that is busy. */
const passes = (error: unknown): boolean =>
  error instanceof ApiFailure ? error.kind === 'network' || error.status === 429 || error.status >= 500 : error instanceof WadoFailure && error.kind === 'network'
const pause = { firstMs: 500, mostMs: 30_000 }
/** How long the hub asked to wait. */
const askedMs = (error: unknown): number => (error instanceof ApiFailure || error instanceof WadoFailure ? error.waitMs ?? 0 : 0)

const part = 0x8000
export const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += part) text += String.fromCharCode(...bytes.subarray(at, at + part))
  return btoa(text)
}
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  const letters = atob(text)
  const bytes = new Uint8Array(letters.length)
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at)
  return bytes
}
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

export const finishedObject = async (sopInstanceUid: string, seriesInstanceUid: string, bytes: Uint8Array<ArrayBuffer>): Promise<FinishedObject> =>
  ({ sopInstanceUid, seriesInstanceUid, base64: toBase64(bytes), sha256: await sha256(bytes) })

/** Why something went wrong, in the words it came with. */
export const detailOf = (error: unknown): string => (error instanceof Error ? error.message : 'no reason was given')

/** The way of an object of one study to its hospital and back. */
export const createDelivery = ({ outside, dataset, study, signal }: { outside: Outside; dataset: string; study: string; signal: AbortSignal }) => {
  /** Asks again after a pause as long as what is wrong passes by itself. */
  const untilAnswered = async <T>(ask: () => Promise<T>, onWaiting: (detail: string) => void): Promise<T> => {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await ask()
        signal.throwIfAborted()
        return answer
      } catch (error) {
        if (signal.aborted || !passes(error)) throw error
        onWaiting(detailOf(error))
        await outside.wait(Math.max(askedMs(error), fullJitterMs(attempt, outside.random(), pause)), signal)
      }
    }
  }
  /**
   * What the hospital holds, by requests of their own: the bytes that were sent, else what two requests brought alike. What was cut off on
   * its way is not taken for it.
   */
  const readBack = async ({ seriesInstanceUid, sopInstanceUid, sha256: digest }: FinishedObject, size: number, onWaiting: (detail: string) => void): Promise<{ readonly back: Uint8Array; readonly asSent: boolean }> => {
    const read = async (): Promise<{ readonly bytes: Uint8Array; readonly hash: string }> => {
      const bytes = new Uint8Array(await untilAnswered(() => outside.instance(dataset, study, seriesInstanceUid, sopInstanceUid, size), onWaiting))
      return { bytes, hash: await sha256(bytes) }
    }
    let before: string | undefined
    for (let attempt = 0; ; attempt++) {
      const { bytes, hash } = await read()
      if (hash === digest || hash === before) return { back: bytes, asSent: hash === digest }
      if (before !== undefined) {
        onWaiting('two readings of it brought different bytes')
        await outside.wait(fullJitterMs(attempt, outside.random(), pause), signal)
      }
      before = hash
    }
  }
  /**
   * Sends an object until the hospital has it, and reads it back by a request of its own.
   * @param onHub the bytes are durable at the hub
   * @param onWaiting why it is not there yet, in words; it is tried again
   * @throws what does not pass by itself, or that the study was left
   */
  return async (object: FinishedObject, onHub: () => void, onWaiting: (detail: string) => void = () => undefined): Promise<Delivered> => {
    const { sopInstanceUid, base64, sha256: digest } = object
    const bytes = fromBase64(base64)
    await untilAnswered(() => outside.submit({ sopInstanceUid, bytes, sha256: digest, dataset, study }), onWaiting)
    onHub()
    for (let attempt = 0; ; attempt++) {
      const now = await untilAnswered(() => outside.submission(sopInstanceUid), onWaiting)
      if (now.state === 'verified') break
      if (now.state === 'differs' || now.state === 'rejected') return { kind: now.state, detail: now.reason ?? '' }
      if (now.reason !== undefined) onWaiting(now.reason)
      await outside.wait(Math.min(10_000, 200 * 1.25 ** attempt) * (0.5 + outside.random() / 2), signal)
    }
    return { kind: 'verified', ...await readBack(object, bytes.byteLength, onWaiting) }
  }
}
export type Deliver = ReturnType<typeof createDelivery>
