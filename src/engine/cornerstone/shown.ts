import { Enums, type Types } from '@cornerstonejs/core'
import type { EngineSeries, Failure, View } from '../port.ts'
import type { Kept } from './kept.ts'
import type { VolumeLook } from './volumeView.ts'

/** A viewport on the page and how far its picture has come. */
export type Shown = {
  readonly id: string
  readonly element: HTMLElement
  readonly series: EngineSeries
  readonly view: View
  readonly imageIds: readonly string[]
  wanted: number
  /** Slice whose picture is on the canvas; -1: none. */
  drawn: number
  /** Slice whose data the viewport has and that the next rendering puts on the canvas. */
  coming: number | undefined
  /** Slices are handed to the viewport one after another. */
  turn: Promise<void>
  failure: Failure | undefined
  /** A volume is in the viewport. */
  ready: boolean
  /** Of a volume in space. */
  look?: VolumeLook
  /** Where it was before, until it is there again. */
  kept: Kept | undefined
}

const orientation = { axial: Enums.OrientationAxis.AXIAL, coronal: Enums.OrientationAxis.CORONAL, sagittal: Enums.OrientationAxis.SAGITTAL }
/** Kind of viewport of a view; a volume in space is seen without perspective, so that equal lengths look equal. */
export const viewportOptions = (view: View): { type: Enums.ViewportType; defaultOptions: Types.ViewportInputOptions } => {
  const background: Types.Point3 = [0, 0, 0]
  if (view === 'stack') return { type: Enums.ViewportType.STACK, defaultOptions: { background } }
  if (view === 'volume') return { type: Enums.ViewportType.VOLUME_3D, defaultOptions: { background, parallelProjection: true, orientation: Enums.OrientationAxis.CORONAL } }
  return { type: Enums.ViewportType.ORTHOGRAPHIC, defaultOptions: { background, orientation: orientation[view] } }
}
export const volumePrefix = 'ciw-volume:'
/** One volume of a stack for all its views. */
export const volumeIdOf = (series: EngineSeries): string => `${volumePrefix}${series.datasetId}/${series.studyInstanceUid}/${series.seriesInstanceUid}${series.stack ? `/${series.stack}` : ''}`
