import { create } from 'zustand'

export type Tool = 'window' | 'pan' | 'zoom' | 'scroll' | 'crosshair' | 'length'
export type Layout = 'stack' | 'mpr' | 'four'

/** What the tool row says; the picture itself is the engine's. */
export const useViewerStore = create<{ tool: Tool; layout: Layout; active: string; set: (change: Partial<{ tool: Tool; layout: Layout; active: string }>) => void }>()((set) => ({
  tool: 'window', layout: 'stack', active: 'one', set: (change) => set(change),
}))
