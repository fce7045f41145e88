export { MarksPanel } from './components/MarksPanel.tsx'
export { SaveChip } from './components/SaveChip.tsx'
export { PaintingsPanel, type ListedPainting, type PaintingState } from './components/PaintingsPanel.tsx'
