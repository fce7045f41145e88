export { SignOutDialog } from './components/SignOutDialog.tsx'
export { UnsyncedLink } from './components/UnsyncedLink.tsx'
export { UnsyncedPage } from './components/UnsyncedPage.tsx'
