export type { Overlay } from './components/SegmentLayer.tsx'
export { ViewerScreen, type SeriesChoice } from './components/ViewerScreen.tsx'
export { toEngineSeries, type SeriesFacts } from './series.ts'
