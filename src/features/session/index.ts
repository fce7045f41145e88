export { AccountMenu } from './components/AccountMenu.tsx'
export { Hospitals } from './components/Hospitals.tsx'
export { useSession } from './queries.ts'
