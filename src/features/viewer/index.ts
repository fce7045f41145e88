export { ViewerScreen, type SeriesChoice } from './components/ViewerScreen.tsx'
export { goToMark } from './goTo.ts'
export type { Finished } from './marks/useDrawing.ts'
export { toEngineSeries, type SeriesFacts } from './series.ts'
