export type { Overlay } from './components/SegmentLayer.tsx'
export { ViewerScreen, type SeriesChoice } from './components/ViewerScreen.tsx'
export { toEngineStacks, type SeriesFacts, type SeriesStack } from './series.ts'
