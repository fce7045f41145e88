export { StudiesPage } from './components/StudiesPage.tsx'
export { seriesQuery, studyByHandle, type SeriesRow, type StudiesSearch } from './queries.ts'
