export { createWorkspace, type MarkState, type Workspace } from './createWorkspace.ts'
export { markDifferences } from './document.ts'
export { openLogDatabase } from './log.ts'
export { uidOfUuid, type Outside } from './port.ts'
