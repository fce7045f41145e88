import type { CanvasPoint } from '../../domain/geometry/points.ts'
import type { Measurement, MeasurementKind } from '../../domain/measurement/types.ts'
import type { Hold } from './holds.ts'

/** What a person does to the marks; canvas points in CSS pixels. */
export type Change =
  | { readonly kind: 'draw'; readonly mark: MeasurementKind; readonly label: string; readonly points: readonly CanvasPoint[] }
  /** Takes a point of a mark, the whole where none is named, and lets it go elsewhere. */
  | { readonly kind: 'move'; readonly uid: string; readonly index: number | undefined; readonly by: CanvasPoint }
  | { readonly kind: 'rename'; readonly uid: string; readonly label: string }
  | { readonly kind: 'delete'; readonly uid: string }
  | { readonly kind: 'undo' | 'redo' }
export type DragChange = Extract<Change, { kind: 'draw' | 'move' }>

/** What the page is told to do, one order after another. */
export type Order =
  | { readonly order: 'open'; readonly dataset: string; readonly study: string; readonly series: string; /** The log in the memory of the page. */ readonly memory: boolean }
  /** Answered when the page shows that it is kept. */
  | { readonly order: 'change'; readonly change: Change }
  /** All of it but letting go. */
  | { readonly order: 'drag'; readonly change: DragChange }
  | { readonly order: 'arm'; readonly hold: Hold }
  /** Presses Save, and does not wait. */
  | { readonly order: 'save' }
  /** Answered when nothing is being saved. */
  | { readonly order: 'settle' }

export type Step = { readonly trackingUid: string; readonly before: Measurement | null; readonly after: Measurement | null }
/** What the page shows, and what lies behind it. */
export type Looked = {
  /** In the order of the list. */
  readonly marks: readonly Measurement[]
  readonly undo: readonly Step[]
  readonly redo: readonly Step[]
  /** The list as it is read: words and numbers of each mark. */
  readonly rows: readonly string[]
  /** Where each is kept, as its row says. */
  readonly kept: readonly string[]
  /** A hash of the pixels of the canvas. */
  readonly picture: string
  /** What the page says of saving, and whether it says that something could not be kept or read. */
  readonly save: string
  readonly trouble: string
  /** Where the last change is kept, as the page says. */
  readonly last: string
  /** What the log of this device said before the study was opened. */
  readonly log?: readonly Step[]
}
