export { CataloguePage } from './components/CataloguePage.tsx'
export { DatasetPage } from './components/DatasetPage.tsx'
export type { CatalogueSearch } from './queries.ts'
