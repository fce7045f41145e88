import { cache, Enums, eventTarget, imageLoader, setVolumesForViewports, volumeLoader, type Types } from '@cornerstonejs/core'
import type { WadoClient } from '../../dicom/web/wadoClient.ts'
import type { CanvasPoint, WorldPoint } from '../../domain/geometry/points.ts'
import type { Engine, EngineSeries, Failure, View, ViewportSnapshot } from '../port.ts'
import { FrameFailure, toFailure } from './loader.ts'
import { imageIdOf } from './metadata.ts'
import { hasWebGl2, startCornerstone } from './setup.ts'

type Shown = {
  readonly id: string
  readonly element: HTMLElement
  readonly series: EngineSeries
  readonly view: View
  readonly imageIds: readonly string[]
  wanted: number
  /** Slice whose picture is on the canvas. */
  drawn: number
  failure: Failure | undefined
}
type StackLike = Types.IStackViewport & { setImageIdIndex(index: number): Promise<string> }

const orientation: Record<Exclude<View, 'stack'>, Enums.OrientationAxis> = { axial: Enums.OrientationAxis.AXIAL, coronal: Enums.OrientationAxis.CORONAL, sagittal: Enums.OrientationAxis.SAGITTAL }
const volumeIdOf = (series: EngineSeries): string => `ciw-volume:${series.datasetId}/${series.studyInstanceUid}/${series.seriesInstanceUid}`

/** The engine over Cornerstone: the only place that knows it. */
export const createEngine = ({ wado }: { wado: WadoClient }): Engine => {
  const rendering = startCornerstone(wado)
  const shown = new Map<string, Shown>()
  const snapshots = new Map<string, ViewportSnapshot>()
  const listeners = new Map<string, Set<() => void>>()
  const loaded = new Map<EngineSeries, Set<string>>()

  const viewportOf = (id: string): Types.IViewport | undefined => (shown.has(id) ? rendering.getViewport(id) : undefined)
  /** Cornerstone's range has the ends of PS3.3 C.11.2.1.2.1: centre - 0.5 -+ (width - 1) / 2. */
  const toRange = ({ width, centre }: { width: number; centre: number }) => ({ lower: centre - 0.5 - (Math.max(1, width) - 1) / 2, upper: centre - 0.5 + (Math.max(1, width) - 1) / 2 })
  const windowOf = (viewport: unknown): { width: number; centre: number } | undefined => {
    const range = (viewport as Types.IStackViewport | undefined)?.getProperties?.()?.voiRange
    return range ? { width: range.upper - range.lower + 1, centre: (range.upper + range.lower + 1) / 2 } : undefined
  }
  const changed = (id: string): void => {
    const one = shown.get(id)
    if (!one) return
    const viewport = viewportOf(id) as Types.IVolumeViewport | undefined
    const isStack = one.view === 'stack'
    const window = one.failure ? undefined : windowOf(viewport)
    const slices = isStack ? one.imageIds.length : Math.max(1, viewport?.getNumberOfSlices?.() ?? 1)
    const slice = isStack ? one.wanted : Math.max(0, viewport?.getSliceIndex?.() ?? 0)
    snapshots.set(id, {
      revision: (snapshots.get(id)?.revision ?? 0) + 1, view: one.view, slice, slices, loaded: loaded.get(one.series)?.size ?? 0, ...(window ? { window } : {}),
      ...(one.failure ? { failure: one.failure } : {}), waiting: isStack ? one.drawn !== one.wanted : one.drawn < 0,
    })
    for (const listener of listeners.get(id) ?? []) listener()
  }
  const fail = (one: Shown, error: unknown): void => {
    if (shown.get(one.id) !== one) return
    one.failure = toFailure(error)
    changed(one.id)
  }

  /** Pictures come one after another from where the person is; the one asked for last goes first. */
  const draw = async (one: Shown): Promise<void> => {
    const viewport = viewportOf(one.id) as StackLike | undefined
    const index = one.wanted
    const imageId = one.imageIds[index]
    if (!viewport || !imageId) return
    try {
      const image = await imageLoader.loadAndCacheImage(imageId)
      if (shown.get(one.id) !== one || one.wanted !== index) return
      if (!image) throw new Error('the image is empty')
      if (one.drawn < 0) {
        await viewport.setStack([...one.imageIds], index)
        const [first] = one.series.frames[index]?.windows ?? []
        if (first) viewport.setProperties({ voiRange: toRange(first) })
      } else await viewport.setImageIdIndex(index)
      if (shown.get(one.id) !== one) return
      one.failure = undefined
      one.drawn = index
      viewport.render()
      changed(one.id)
    } catch (error) {
      if (one.wanted === index) fail(one, error)
    }
  }
  const prefetch = async (one: Shown): Promise<void> => {
    const done = loaded.get(one.series) ?? new Set<string>()
    loaded.set(one.series, done)
    const order = one.imageIds.map((_, index) => index).sort((a, b) => Math.abs(a - one.wanted) - Math.abs(b - one.wanted))
    const lane = async (): Promise<void> => {
      for (let index = order.shift(); index !== undefined && shown.get(one.id) === one; index = order.shift()) {
        const imageId = one.imageIds[index] ?? ''
        if (done.has(imageId)) continue
        await imageLoader.loadAndCacheImage(imageId).then(() => done.add(imageId), () => undefined)
        changed(one.id)
      }
    }
    await Promise.all([lane(), lane(), lane(), lane()])
  }
  const showVolume = async (one: Shown): Promise<void> => {
    const volumeId = volumeIdOf(one.series)
    try {
      if (!cache.getVolume(volumeId)) await volumeLoader.createAndCacheVolume(volumeId, { imageIds: [...one.imageIds] })
      if (shown.get(one.id) !== one) return
      const volume = cache.getVolume(volumeId) as Types.IImageVolume & { load(callback?: () => void): void }
      volume.load()
      await setVolumesForViewports(rendering, [{ volumeId }], [one.id])
      if (shown.get(one.id) !== one) return
      const viewport = viewportOf(one.id) as Types.IVolumeViewport | undefined
      const [first] = one.series.frames[0]?.windows ?? []
      if (first) viewport?.setProperties({ voiRange: toRange(first) })
      one.drawn = 0
      viewport?.render()
      changed(one.id)
    } catch (error) {
      fail(one, error)
    }
  }

  const begin = (one: Shown): void => {
    if (!hasWebGl2()) {
      one.failure = { kind: 'noWebGL', detail: '' }
      return changed(one.id)
    }
    rendering.enableElement({
      viewportId: one.id, element: one.element as HTMLDivElement, type: one.view === 'stack' ? Enums.ViewportType.STACK : Enums.ViewportType.ORTHOGRAPHIC,
      defaultOptions: { background: [0, 0, 0], ...(one.view === 'stack' ? {} : { orientation: orientation[one.view] }) },
    })
    for (const event of [Enums.Events.CAMERA_MODIFIED, Enums.Events.VOI_MODIFIED, Enums.Events.IMAGE_RENDERED]) one.element.addEventListener(event, onViewport)
    changed(one.id)
    if (one.view === 'stack') void draw(one).then(() => prefetch(one))
    else void showVolume(one)
  }
  const onViewport = (event: Event): void => {
    const id = (event as CustomEvent<{ viewportId?: string }>).detail?.viewportId
    if (id) changed(id)
  }
  const onContextLost = (): void => { for (const one of shown.values()) fail(one, new FrameFailure({ kind: 'contextLost', detail: '' })) }
  eventTarget.addEventListener(Enums.Events.WEBGL_CONTEXT_LOST, onContextLost)

  const end = (id: string): void => {
    const one = shown.get(id)
    if (!one) return
    shown.delete(id)
    for (const event of [Enums.Events.CAMERA_MODIFIED, Enums.Events.VOI_MODIFIED, Enums.Events.IMAGE_RENDERED]) one.element.removeEventListener(event, onViewport)
    if (rendering.getViewport(id)) rendering.disableElement(id)
  }

  return {
    show: (id, element, series, view) => {
      const now = shown.get(id)
      if (now && now.element === element && now.series === series && now.view === view) return
      end(id)
      const imageIds = series.frames.map((_, index) => imageIdOf(series, index))
      const one: Shown = { id, element, series, view, imageIds, wanted: Math.floor(imageIds.length / 2), drawn: -1, failure: undefined }
      shown.set(id, one)
      begin(one)
    },
    remove: end,
    retry: (id) => {
      const one = shown.get(id)
      if (!one) return
      one.failure = undefined
      changed(id)
      if (one.view === 'stack') void draw(one)
      else void showVolume(one)
    },
    setSlice: (id, slice) => {
      const one = shown.get(id)
      if (!one) return
      if (one.view === 'stack') {
        const next = Math.max(0, Math.min(one.imageIds.length - 1, Math.round(slice)))
        if (next === one.wanted) return
        one.wanted = next
        one.failure = undefined
        changed(id)
        void draw(one)
        return
      }
      const viewport = viewportOf(id) as (Types.IVolumeViewport & { scroll(delta: number): void }) | undefined
      const delta = Math.round(slice) - (viewport?.getSliceIndex() ?? 0)
      if (viewport && delta !== 0) viewport.scroll(delta)
      changed(id)
    },
    setWindow: (id, { width, centre }) => {
      const viewport = viewportOf(id) as Types.IStackViewport | undefined
      viewport?.setProperties({ voiRange: toRange({ width, centre }) })
      viewport?.render()
      changed(id)
    },
    pan: (id, from, to) => {
      const viewport = viewportOf(id)
      if (!viewport) return
      const [a, b] = [viewport.canvasToWorld([from[0], from[1]]), viewport.canvasToWorld([to[0], to[1]])]
      const { focalPoint, position } = viewport.getCamera()
      if (!focalPoint || !position) return
      const moved = (p: Types.Point3): Types.Point3 => [p[0] + a[0] - b[0], p[1] + a[1] - b[1], p[2] + a[2] - b[2]]
      viewport.setCamera({ focalPoint: moved(focalPoint), position: moved(position) })
      viewport.render()
    },
    zoom: (id, factor, about) => {
      const viewport = viewportOf(id)
      if (!viewport) return
      const before = viewport.canvasToWorld([about[0], about[1]])
      const { parallelScale } = viewport.getCamera()
      if (!parallelScale) return
      viewport.setCamera({ parallelScale: Math.max(1, Math.min(5000, parallelScale / factor)) })
      const after = viewport.canvasToWorld([about[0], about[1]])
      const { focalPoint, position } = viewport.getCamera()
      if (!focalPoint || !position) return
      const moved = (p: Types.Point3): Types.Point3 => [p[0] + before[0] - after[0], p[1] + before[1] - after[1], p[2] + before[2] - after[2]]
      viewport.setCamera({ focalPoint: moved(focalPoint), position: moved(position) })
      viewport.render()
    },
    fit: (id) => {
      const viewport = viewportOf(id)
      viewport?.resetCamera()
      viewport?.render()
      changed(id)
    },
    resize: () => rendering.resize(true, true),
    toWorld: (id, point): WorldPoint | undefined => {
      const one = shown.get(id)
      return one && one.drawn >= 0 ? viewportOf(id)?.canvasToWorld([point[0], point[1]]) : undefined
    },
    toCanvas: (id, point): CanvasPoint | undefined => {
      const one = shown.get(id)
      return one && one.drawn >= 0 ? viewportOf(id)?.worldToCanvas([point[0], point[1], point[2]]) : undefined
    },
    snapshot: (id) => snapshots.get(id),
    subscribe: (id, listener) => {
      const set = listeners.get(id) ?? new Set()
      listeners.set(id, set)
      set.add(listener)
      return () => set.delete(listener)
    },
    dispose: () => {
      for (const id of shown.keys()) end(id)
      eventTarget.removeEventListener(Enums.Events.WEBGL_CONTEXT_LOST, onContextLost)
      cache.purgeCache()
    },
  }
}
