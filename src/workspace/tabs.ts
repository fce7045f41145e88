/** What is said to other tabs beside the names of logs: whoever has something that failed tries it again. */
export const tryAgain = 'try again'

/** How tabs over one log database hear of one another and stay out of one another's way. One channel and one set of locks a database. */
export const createTabs = (database: string) => {
  const channel = new BroadcastChannel(`${database} changed`)
  const nameOf = (what: string): string => `${database}/${what}`
  return {
    /** Says that a log grew, or was wiped. The one who says it does not hear it; everybody else does, in this page too. */
    tell: (document: string): void => channel.postMessage(document),
    /** @returns how to stop listening */
    listen: (onChange: (document: string) => void): (() => void) => {
      const heard = ({ data }: MessageEvent): void => { if (typeof data === 'string') onChange(data) }
      channel.addEventListener('message', heard)
      return () => channel.removeEventListener('message', heard)
    },
    /** Does the work once nobody else is at it. Whoever is stopped holds up nobody, even where an answer is still awaited. @throws AbortError once stopped */
    alone: <T>(what: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => navigator.locks.request(nameOf(what), { signal }, () => Promise.race([work(), new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')), { once: true })
    })])) as Promise<T>,
    /** Is seen to have it open, beside others, until the signal. */
    beAt: (what: string, signal: AbortSignal): void => {
      navigator.locks.request(nameOf(what), { mode: 'shared', signal }, () => new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
      })).catch(() => undefined)
    },
    /** Who is seen to be at something that begins with the word. */
    seen: async (word: string): Promise<ReadonlySet<string>> => {
      const { held = [] } = await navigator.locks.query()
      const start = nameOf(word)
      return new Set(held.flatMap(({ name = '' }) => (name.startsWith(start) ? [name.slice(start.length)] : [])))
    },
    dispose: (): void => channel.close(),
  }
}
export type Tabs = ReturnType<typeof createTabs>
