import { dot, toWorld } from '../../domain/geometry/plane.ts'
import type { Vec3, WorldPoint } from '../../domain/geometry/points.ts'
import { strokesOf } from '../../domain/measurement/strokes.ts'
import type { Measurement } from '../../domain/measurement/types.ts'
import type { Engine, EngineSeries, View } from '../../engine/port.ts'
import { frameIndexOf, gridOf } from './marks/surface.ts'
import { viewsOf } from './layouts.ts'
import { useViewerStore } from './store.ts'

const facing: readonly { readonly view: View; readonly normal: Vec3 }[] = [{ view: 'axial', normal: [0, 0, 1] }, { view: 'coronal', normal: [0, 1, 0] }, { view: 'sagittal', normal: [1, 0, 0] }]

/** The view, slice and points to look at for a mark; undefined where this series cannot show it. */
const targetOf = (series: EngineSeries, { kind, place }: Measurement): { readonly viewportId: string; readonly slice?: number; readonly points: readonly WorldPoint[] } | undefined => {
  if (place.kind === 'image') {
    const slice = frameIndexOf(series, place)
    const grid = gridOf(series, slice)
    if (!grid) return undefined
    const points = strokesOf(kind, place.points.map(([x, y]): Vec3 => [x, y, 0])).flatMap((stroke) => stroke.points)
    return { viewportId: 'one', slice, points: points.map(([x, y]) => toWorld(grid, [x, y])) }
  }
  if (series.notAVolume || place.frameOfReferenceUid !== series.frames[0]?.frameOfReferenceUid) return undefined
  const [nearest] = [...facing].sort((a, b) => Math.abs(dot(b.normal, place.normal)) - Math.abs(dot(a.normal, place.normal)))
  return { viewportId: nearest?.view ?? 'axial', points: strokesOf(kind, place.points).flatMap((stroke) => stroke.points) as WorldPoint[] }
}

/**
 * Shows a mark: its slice on the stack, or its plane in the view that looks along its normal, in the middle and large enough. Where
 * the layout has no such view it is changed to three planes, which has them all. Who scrolls on before it is there is left alone.
 * @returns stops what has not happened yet
 */
export const goToMark = (engine: Engine, series: EngineSeries, mark: Measurement, arrived: () => void): (() => void) => {
  const target = targetOf(series, mark)
  const stop = { now: (): void => undefined }
  const end = (): void => {
    stop.now()
    arrived()
  }
  if (!target) {
    arrived()
    return stop.now
  }
  const { viewportId, slice, points } = target
  const { layout, set } = useViewerStore.getState()
  set({ active: viewportId, ...(viewsOf(layout, series).some(({ id }) => id === viewportId) ? {} : { layout: 'mpr' as const }) })
  let asked = slice === undefined
  const look = (): void => {
    const now = engine.snapshot(viewportId)
    if (!now) return
    if (!asked) {
      // Only once the view is on the page: before, nobody would hear it.
      asked = true
      if (now.slice !== slice) return engine.setSlice(viewportId, slice ?? 0)
    }
    if (slice !== undefined && now.slice !== slice) return end()
    if (now.waiting || now.failure || !engine.toWorld(viewportId, [0, 0])) return
    end()
    engine.focus(viewportId, points)
  }
  stop.now = engine.subscribe(viewportId, look)
  look()
  return () => stop.now()
}

/**
 * Shows a slice of a series' stack that is opened now; where the layout has no view of the stack it is changed to one.
 * @returns stops what has not happened yet
 */
export const goToSlice = (engine: Engine, series: EngineSeries, slice: number, arrived: () => void): (() => void) => {
  const { layout, set } = useViewerStore.getState()
  set({ active: 'one', ...(viewsOf(layout, series).some(({ id }) => id === 'one') ? {} : { layout: 'stack' as const }) })
  const stop = { now: (): void => undefined }
  const look = (): void => {
    // Only once the view is on the page: before, nobody would hear it.
    if (!engine.snapshot('one')) return
    stop.now()
    arrived()
    engine.setSlice('one', slice)
  }
  stop.now = engine.subscribe('one', look)
  look()
  return () => stop.now()
}
