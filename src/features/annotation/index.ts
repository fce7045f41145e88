export { MarksPanel } from './components/MarksPanel.tsx'
export { OtherObjects, type ShownStructures } from './components/OtherObjects.tsx'
export { SaveChip } from './components/SaveChip.tsx'
