export { MarksPanel } from './components/MarksPanel.tsx'
export { SaveChip } from './components/SaveChip.tsx'
