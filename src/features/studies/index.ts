export { studyHandle } from './handle.ts'
export { StudiesPage } from './components/StudiesPage.tsx'
export { seriesQuery, studyByHandle, type StudiesSearch } from './queries.ts'
