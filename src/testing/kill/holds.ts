/**
 * Where a transaction over the log of drafts can be held: an operation is written and not committed; committed, and nobody was told; a
 * wipe has taken out its first record; a wipe is committed, and nobody was told.
 */
export type Hold = 'drawn' | 'committed' | 'wiping' | 'wiped'
declare global {
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface Window { holds?: { arm: (hold: Hold) => void; tell: () => string } }
}

/**
 * Runs in a page, before the program: once armed, the page stops dead at that boundary. It asks an address and gets no answer, in the very
 * handler of IndexedDB's event, so that a transaction that is open stays open. Whoever is asked kills the browser. It stands alone: its
 * text is handed to pages.
 * @param address what is asked, with what `tell` says at that moment
 */
export const installHolds = (address: string): void => {
  let armed: Hold | undefined
  const holds = { arm: (hold: Hold): void => { armed = hold }, tell: () => '' }
  window.holds = holds
  const stopIf = (...wanted: readonly Hold[]): void => {
    if (!armed || !wanted.includes(armed)) return
    armed = undefined
    const request = new XMLHttpRequest()
    request.open('POST', address, false)
    request.send(holds.tell())
  }
  const { transaction: begin } = IDBDatabase.prototype
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, mode, options) {
    const transaction = begin.call(this, stores, mode, options)
    if (mode !== 'readwrite' || !armed) return transaction
    let [added, deleted] = [false, false]
    // Before whoever began the transaction hears of it.
    transaction.addEventListener('complete', () => {
      if (added && !deleted) stopIf('committed')
      if (deleted && !added) stopIf('wiped')
    })
    const objectStore = transaction.objectStore.bind(transaction)
    transaction.objectStore = (name) => {
      const store = objectStore(name)
      const { add, put, delete: remove } = store
      store.add = (...given) => {
        added ||= name === 'records'
        return add.apply(store, given)
      }
      store.put = (...given) => {
        const request = put.apply(store, given)
        request.addEventListener('success', () => { if (added && name === 'heads') stopIf('drawn') })
        return request
      }
      store.delete = (...given) => {
        const request = remove.apply(store, given)
        deleted ||= name === 'records'
        request.addEventListener('success', () => { if (!added) stopIf('wiping') })
        return request
      }
      return store
    }
    return transaction
  }
}
