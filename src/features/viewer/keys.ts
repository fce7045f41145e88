/** Inputs that hold no text; every other type does. */
const withoutText = new Set(['radio', 'checkbox', 'button', 'submit', 'reset', 'range', 'color', 'file', 'image'])
const moves = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'])

/**
 * Whether what has the focus needs a key itself: a field of text all of them, a choice (radio, list, slider) those it moves by.
 * Everything else is the screen's.
 */
export const keepsKey = (target: EventTarget | null, key: string): boolean => {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true
  if (target instanceof HTMLSelectElement) return moves.has(key)
  if (!(target instanceof HTMLInputElement)) return false
  return withoutText.has(target.type) ? moves.has(key) && (target.type === 'radio' || target.type === 'range') : true
}
