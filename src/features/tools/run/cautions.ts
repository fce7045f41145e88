import type { ToolManifest } from '../../../contract/index.ts'

/** What must be said wherever a tool or something it found is seen. */
export type Caution = 'demonstration' | 'synthetic'
export const cautionsOf = ({ trainedOn, demonstration }: Pick<ToolManifest, 'trainedOn' | 'demonstration'>): Caution[] => [...(demonstration ? ['demonstration' as const] : []), ...(trainedOn === 'synthetic' ? ['synthetic' as const] : [])]

/** As it is written into objects, which are read in any language's viewer. */
const written: Readonly<Record<Caution, string>> = { demonstration: 'demonstration', synthetic: 'trained on synthetic images only' }
export const writtenCaution = (tool: Parameters<typeof cautionsOf>[0]): string | undefined => cautionsOf(tool).map((one) => written[one]).join(', ') || undefined
