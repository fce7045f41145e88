import { create } from 'zustand'
import type { DecodedAlgorithm } from '../../../dicom/seg/decode.ts'
import { gridOfFrames, type Grid } from '../../../domain/geometry/grid.ts'
import type { LabelMap, Segment } from '../../../domain/segmentation/types.ts'
import type { EngineSeries } from '../../../engine/port.ts'

export type ShownSegment = Pick<Segment, 'number' | 'label' | 'colour'>
/** Labels that lie over a series now, and what of them is seen. */
export type ShownLabels = {
  readonly seriesInstanceUid: string
  readonly stack: string | undefined
  readonly name: string
  readonly labelMap: LabelMap
  readonly segments: readonly ShownSegment[]
  /** Of the series the labels lie on, whichever is open; absent where it is no volume. */
  readonly grid?: Grid
  readonly madeBy: readonly DecodedAlgorithm[]
}
/** Labels over a series, with what they are sized and placed by. */
export const labelsOver = (series: EngineSeries, labels: Pick<ShownLabels, 'name' | 'labelMap' | 'segments' | 'madeBy'>): ShownLabels => ({
  ...labels, seriesInstanceUid: series.seriesInstanceUid, stack: series.stack, ...(series.notAVolume ? {} : { grid: gridOfFrames(series.frames.flatMap(({ plane }) => plane ?? [])) }),
})

export const useOverlayStore = create<{
  shown: ShownLabels | undefined; hidden: ReadonlySet<number>; visible: boolean; opacity: number
  show: (shown: ShownLabels | undefined) => void; toggle: (segment: number) => void; set: (change: { visible?: boolean; opacity?: number; colour?: { segment: number; colour: readonly [number, number, number] } }) => void
}>()((set) => ({
  shown: undefined, hidden: new Set(), visible: true, opacity: 0.35,
  show: (shown) => set({ shown, hidden: new Set(), visible: true }),
  toggle: (segment) => set(({ hidden }) => ({ hidden: new Set(hidden.has(segment) ? [...hidden].filter((one) => one !== segment) : [...hidden, segment]) })),
  set: ({ colour, ...change }) => set(({ shown }) => ({
    ...change, ...(colour && shown ? { shown: { ...shown, segments: shown.segments.map((one) => (one.number === colour.segment ? { ...one, colour: colour.colour } : one)) } } : {}),
  })),
}))
