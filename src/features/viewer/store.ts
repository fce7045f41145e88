import { create } from 'zustand'
import type { MeasurementKind } from '../../domain/measurement/types.ts'

export type Tool = 'window' | 'pan' | 'zoom' | 'scroll' | 'crosshair' | MeasurementKind
export type Layout = 'stack' | 'mpr' | 'four'

const kinds: Readonly<Record<MeasurementKind, true>> = { length: true, bidirectional: true, ellipse: true, freehand: true, arrow: true }
/** The kind of mark a tool draws; undefined where it draws none. */
export const drawnBy = (tool: Tool): MeasurementKind | undefined => (tool in kinds ? (tool as MeasurementKind) : undefined)

/** What the tool row says; the picture itself is the engine's. */
export const useViewerStore = create<{ tool: Tool; layout: Layout; active: string; set: (change: Partial<{ tool: Tool; layout: Layout; active: string }>) => void }>()((set) => ({
  tool: 'window', layout: 'stack', active: 'one', set: (change) => set(change),
}))
