import { create } from 'zustand'
import type { MeasurementKind } from '../../domain/measurement/types.ts'
import type { VoxelBox } from '../../domain/segmentation/paint.ts'

export type Tool = 'window' | 'pan' | 'zoom' | 'scroll' | 'crosshair' | 'brush' | 'eraser' | MeasurementKind
export type Layout = 'stack' | 'mpr' | 'four'

const kinds: Readonly<Record<MeasurementKind, true>> = { length: true, bidirectional: true, ellipse: true, freehand: true, arrow: true }
/** The kind of mark a tool draws; undefined where it draws none. */
export const drawnBy = (tool: Tool): MeasurementKind | undefined => (tool in kinds ? (tool as MeasurementKind) : undefined)

/** What a tool does to what is painted; undefined where it does nothing to it. */
export const paintedBy = (tool: Tool): 'brush' | 'eraser' | undefined => (tool === 'brush' || tool === 'eraser' ? tool : undefined)

/** Radii of the brush in mm, from small to large. */
export const brushRadii = [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24] as const

type ViewerState = { readonly tool: Tool; readonly layout: Layout; readonly active: string; /** mm */ readonly radius: number; /** A ball through the slices, else a disc on one. */ readonly ball: boolean }
/** What the tool row says; the picture itself is the engine's. */
export const useViewerStore = create<ViewerState & { set: (change: Partial<ViewerState>) => void }>()((set) => ({
  tool: 'window', layout: 'stack', active: 'one', radius: 4, ball: false, set: (change) => set(change),
}))

/** What a piece of a stroke changed: which labels, and in which box of them. */
type Touched = { readonly labels: Uint8Array; readonly box: VoxelBox }
/**
 * What was put onto label maps that change in place, for whoever draws them; apart, since it changes with each move of a brush.
 * `busy` while a stroke is under way: nothing is undone beneath it. `touched`: its pieces so far; none once it is finished.
 */
export const usePaintStore = create<{ readonly revision: number; readonly busy: boolean; readonly touched: readonly Touched[]; touch: (piece: Touched | undefined) => void; end: () => void }>()((set) => ({
  revision: 0, busy: false, touched: [],
  touch: (piece) => set(({ revision, touched }) => ({ revision: revision + 1, busy: true, touched: piece ? [...touched, piece] : touched })),
  end: () => set(({ revision }) => ({ revision: revision + 1, busy: false, touched: [] })),
}))
/** The radius after the one in hand, or before it. */
export const nextRadius = (larger: boolean): number => {
  const { radius } = useViewerStore.getState()
  return (larger ? brushRadii.find((one) => one > radius) : brushRadii.findLast((one) => one < radius)) ?? radius
}
