export { MarksPanel } from './components/MarksPanel.tsx'
export { OtherObjects, type ShownStructures } from './components/OtherObjects.tsx'
export { SaveChip } from './components/SaveChip.tsx'
export { PaintingsPanel, type ListedPainting, type PaintingState } from './components/PaintingsPanel.tsx'
