export { MyDataPage } from './components/MyDataPage.tsx'
export { NewRequestPage } from './components/NewRequestPage.tsx'
export { RequestsPage } from './components/RequestsPage.tsx'
