export { AccountMenu } from './components/AccountMenu.tsx'
export { Hospitals } from './components/Hospitals.tsx'
export { signInAddress, useSession } from './queries.ts'
