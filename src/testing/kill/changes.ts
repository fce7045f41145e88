import type { CanvasPoint } from '../../domain/geometry/points.ts'
import type { Measurement } from '../../domain/measurement/types.ts'
import type { Ledger } from './model.ts'
import type { Change, DragChange } from './orders.ts'

const kinds = ['length', 'bidirectional', 'ellipse', 'freehand', 'arrow'] as const
/** Few enough that a round is short, and enough that they lie over one another. */
const mostMarks = 9

/** What a person might do next to the marks that are there, by chance. */
export const createChanges = (random: () => number) => {
  const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from))
  const oneOf = <T>(list: readonly T[]): T => list[whole(0, list.length)] as T
  const away = (): number => whole(24, 70) * (random() < 0.5 ? -1 : 1)
  const word = (): string => `word ${whole(0, 1_000_000)}`
  const draw = (): DragChange => {
    const mark = oneOf(kinds)
    const [x, y]: CanvasPoint = [whole(120, 390), whole(120, 390)]
    const radius = whole(24, 80)
    const points: CanvasPoint[] = mark === 'freehand'
      ? Array.from({ length: whole(6, 14) }, (_, at, turn = at / 14) => [Math.round(x + radius * Math.cos(7 * turn)), Math.round(y + radius * Math.sin(7 * turn))])
      : [[x, y], [x + away(), y + away()]]
    return { kind: 'draw', mark, label: mark === 'arrow' ? word() : '', points }
  }
  const move = (marks: readonly Measurement[]): DragChange => {
    const { trackingUid: uid, place } = oneOf(marks)
    return { kind: 'move', uid, index: random() < 0.4 ? undefined : whole(0, place.points.length), by: [whole(-24, 25), whole(1, 25)] }
  }
  return {
    draw,
    drag: (ledger: Ledger): DragChange => (ledger.marks().length === 0 || random() < 0.5 ? draw() : move(ledger.marks())),
    /** @param sure something must come of it: a point that is laid on another is no change */
    next: (ledger: Ledger, sure = false): Change => {
      const marks = ledger.marks()
      const dice = random()
      if (ledger.canUndo() && dice < 0.15) return { kind: 'undo' }
      if (ledger.canRedo() && dice < 0.4) return { kind: 'redo' }
      if (marks.length === 0 || (marks.length < mostMarks && dice < 0.65)) return draw()
      if (dice < 0.82) return { ...move(marks), ...(sure ? { index: undefined } : {}) } as DragChange
      const { trackingUid: uid } = oneOf(marks)
      return dice < 0.9 ? { kind: 'rename', uid, label: word() } : { kind: 'delete', uid }
    },
  }
}
