import type { Types } from '@cornerstonejs/core'
import { dot, scale, subtract } from '../../domain/geometry/plane.ts'
import type { EngineSeries } from '../port.ts'
import { shift } from './camera.ts'
import type { Window } from './displayWindow.ts'
import type { VolumeLook } from './volumeView.ts'

/** Where a view of a series was when it was last on the page. */
export type Kept = { readonly slice: number; readonly camera: Types.ICamera; readonly size: readonly [number, number]; readonly window?: Window; readonly look?: VolumeLook }

/** Remembers views of a series, and the window last chosen for it, for as long as the series is held. */
export const createMemory = () => {
  const views = new WeakMap<EngineSeries, Map<string, Kept>>()
  const windows = new WeakMap<EngineSeries, Window>()
  return {
    keep: (series: EngineSeries, key: string, kept: Kept): void => {
      const own = views.get(series) ?? new Map<string, Kept>()
      views.set(series, own.set(key, kept))
    },
    kept: (series: EngineSeries, key: string): Kept | undefined => views.get(series)?.get(key),
    chooseWindow: (series: EngineSeries, window: Window): void => { windows.set(series, window) },
    chosenWindow: (series: EngineSeries): Window | undefined => windows.get(series),
  }
}

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement): readonly [number, number] => [clientWidth, clientHeight]
export const keptOf = (viewport: Types.IViewport, more: Omit<Kept, 'camera' | 'size'>): Kept => ({ ...more, camera: structuredClone(viewport.getCamera()), size: sizeOf(viewport.element) })

/** Zoom and pan as they were; in an element of another size the picture is fitted to it instead. The slice is not touched. */
export const restoreInPlane = (viewport: Types.IViewport, { camera, size }: Kept): void => {
  const [width, height] = sizeOf(viewport.element)
  const { focalPoint, viewPlaneNormal } = viewport.getCamera()
  if (width !== size[0] || height !== size[1] || !focalPoint || !viewPlaneNormal || !camera.focalPoint || camera.parallelScale === undefined) return
  const off = subtract(camera.focalPoint, focalPoint)
  viewport.setCamera({ parallelScale: camera.parallelScale })
  shift(viewport, subtract(off, scale(viewPlaneNormal, dot(off, viewPlaneNormal))))
}
/** Direction, zoom and pan of a volume in space as they were. */
export const restoreInSpace = (viewport: Types.IViewport, { camera: { focalPoint, position, viewUp, parallelScale } }: Kept): void => {
  if (focalPoint && position && viewUp && parallelScale !== undefined) viewport.setCamera({ focalPoint, position, viewUp, parallelScale })
}
