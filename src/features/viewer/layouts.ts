import { planeNormal } from '../../domain/geometry/plane.ts'
import type { EngineSeries, View } from '../../engine/port.ts'
import type { Layout } from './store.ts'

export type NamedView = { readonly id: string; readonly view: View }
type PlaneView = 'axial' | 'coronal' | 'sagittal'

const stack: NamedView = { id: 'one', view: 'stack' }
const planes: readonly PlaneView[] = ['axial', 'coronal', 'sagittal']
const normalAxis: Record<PlaneView, 0 | 1 | 2> = { sagittal: 0, coronal: 1, axial: 2 }
/** Nearer than this to a plane of the body, a series counts as lying in it. */
const cosineOfPlane = Math.cos((10 * Math.PI) / 180)

/** The plane of the body a series was taken in, undefined where it lies across them. */
const ownPlane = ({ frames }: EngineSeries): PlaneView | undefined => {
  const [first] = frames
  const normal = first?.plane && planeNormal(first.plane)
  return normal && planes.find((plane) => Math.abs(normal[normalAxis[plane]]) > cosineOfPlane)
}

/**
 * Views of a layout. Beside a volume in space stand three planes, of which the series' own is shown as it was stored: there it is
 * sharpest, and there marks can be made. What is not a volume is shown as a stack only.
 */
export const viewsOf = (layout: Layout, series: EngineSeries): readonly NamedView[] => {
  const all = planes.map((view): NamedView => ({ id: view, view }))
  if (series.notAVolume || layout === 'stack') return [stack]
  if (layout === 'mpr') return [stack, ...all]
  const own = ownPlane(series)
  return [...all.map((one) => (one.view === own ? stack : one)), { id: 'volume', view: 'volume' }]
}
