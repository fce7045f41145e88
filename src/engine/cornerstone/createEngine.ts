import { cache, Enums, eventTarget, imageLoader, setVolumesForViewports, volumeLoader, type Types } from '@cornerstonejs/core'
import type { WadoClient } from '../../dicom/web/wadoClient.ts'
import { offPlaneMm, planeNormal } from '../../domain/geometry/plane.ts'
import type { CanvasPoint, WorldPoint } from '../../domain/geometry/points.ts'
import type { Engine, EngineSeries, Failure, View, ViewportSnapshot } from '../port.ts'
import { cameraPlane, focusOn, middleOf, moveToSlice, panBy, reveal, sliceAt, slicesOf, zoomAbout } from './camera.ts'
import { FrameFailure, toFailure } from './loader.ts'
import { imageIdOf, knownImage } from './metadata.ts'
import { pixelsAround } from './pixels.ts'
import { hasWebGl2, startCornerstone } from './setup.ts'

type Shown = {
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
    const { slice, slices } = isStack ? { slice: one.wanted, slices: one.imageIds.length } : viewport && one.ready ? slicesOf(viewport, volumeIdOf(one.series)) : { slice: 0, slices: 1 }
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

  const windowFirst = (one: Shown, frame: number): void => {
    const [first] = one.series.frames[frame]?.windows ?? []
    const viewport = viewportOf(one.id) as Types.IStackViewport | undefined
    if (first) viewport?.setProperties({ voiRange: toRange(first) })
  }
  /** Hands a loaded picture to the viewport, unless another is wanted by now. */
  const hand = async (one: Shown, index: number): Promise<void> => {
    const viewport = viewportOf(one.id) as StackLike | undefined
    if (!viewport || shown.get(one.id) !== one || one.wanted !== index) return
    if (one.drawn < 0 && one.coming === undefined) {
      await viewport.setStack([...one.imageIds], index)
      windowFirst(one, index)
    } else await viewport.setImageIdIndex(index)
    if (shown.get(one.id) !== one) return
    one.failure = undefined
    one.coming = index
    viewport.render()
  }
  /** Each picture asked for is fetched at once; the one asked for last is the one shown. */
  const draw = async (one: Shown): Promise<void> => {
    const index = one.wanted
    try {
      await imageLoader.loadAndCacheImage(one.imageIds[index] ?? '')
      one.turn = one.turn.then(() => hand(one, index))
      await one.turn
    } catch (error) {
      one.turn = Promise.resolve()
      if (one.wanted === index) fail(one, error)
    }
  }
  const loadedOf = (series: EngineSeries): Set<string> => {
    const set = loaded.get(series) ?? new Set<string>()
    loaded.set(series, set)
    return set
  }
  const prefetch = async (one: Shown): Promise<void> => {
    const done = loadedOf(one.series)
    const order = one.imageIds.map((_, index) => index).sort((a, b) => Math.abs(a - one.wanted) - Math.abs(b - one.wanted))
    const lane = async (): Promise<void> => {
      for (let index = order.shift(); index !== undefined && shown.get(one.id) === one; index = order.shift()) {
        const imageId = one.imageIds[index] ?? ''
        if (!done.has(imageId)) await imageLoader.loadAndCacheImage(imageId).catch(() => undefined)
      }
    }
    await Promise.all([lane(), lane(), lane(), lane()])
  }
  /** The voxels are all there: the next rendering is the true picture. */
  const complete = (one: Shown): void => {
    if (!one.ready || one.failure) return
    one.coming = 0
    viewportOf(one.id)?.render()
  }
  const showVolume = async (one: Shown): Promise<void> => {
    const volumeId = volumeIdOf(one.series)
    try {
      // A volume that ended with frames missing is not shown to the next view either.
      const former = cache.getVolume(volumeId) as { loadStatus: { loaded: boolean } } | undefined
      if (former?.loadStatus.loaded && loadedOf(one.series).size < one.imageIds.length) cache.removeVolumeLoadObject(volumeId)
      if (!cache.getVolume(volumeId)) await volumeLoader.createAndCacheVolume(volumeId, { imageIds: [...one.imageIds] })
      if (shown.get(one.id) !== one) return
      const volume = cache.getVolume(volumeId) as Types.IImageVolume & { load(): void; loadStatus: { loaded: boolean } }
      await setVolumesForViewports(rendering, [{ volumeId }], [one.id])
      const viewport = viewportOf(one.id) as Types.IVolumeViewport | undefined
      if (shown.get(one.id) !== one || !viewport) return
      one.ready = true
      windowFirst(one, 0)
      moveToSlice(viewport, volumeId, slicesOf(viewport, volumeId).slice)
      if (volume.loadStatus.loaded) complete(one)
      else volume.load()
      changed(one.id)
    } catch (error) {
      fail(one, error)
    }
  }
  const onImageLoaded = (event: Event): void => {
    const series = knownImage((event as CustomEvent<{ image: { imageId: string } }>).detail.image.imageId)?.series
    if (!series) return
    loadedOf(series).add((event as CustomEvent<{ image: { imageId: string } }>).detail.image.imageId)
    for (const one of shown.values()) if (one.series === series) changed(one.id)
  }
  /** A volume with a frame missing would show a false plane: its views say why instead. */
  const onImageFailed = (event: Event): void => {
    const { imageId, error } = (event as CustomEvent<{ imageId: string; error: unknown }>).detail
    const series = knownImage(imageId)?.series
    for (const one of shown.values()) if (one.series === series && one.view !== 'stack' && !one.failure) fail(one, error)
  }
  const onVolumeComplete = (event: Event): void => {
    const { volumeId } = (event as CustomEvent<{ volumeId: string }>).detail
    for (const one of shown.values()) if (one.view !== 'stack' && volumeIdOf(one.series) === volumeId) complete(one)
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
    const one = shown.get((event as CustomEvent<{ viewportId?: string }>).detail?.viewportId ?? '')
    if (!one) return
    if (event.type === String(Enums.Events.IMAGE_RENDERED) && one.coming !== undefined) {
      one.drawn = one.coming
      one.coming = undefined
    }
    changed(one.id)
  }
  const onContextLost = (): void => { for (const one of shown.values()) fail(one, new FrameFailure({ kind: 'contextLost', detail: '' })) }
  const pageEvents: readonly [string, (event: Event) => void][] = [
    [Enums.Events.WEBGL_CONTEXT_LOST, onContextLost], [Enums.Events.IMAGE_LOADED, onImageLoaded], [Enums.Events.IMAGE_LOAD_FAILED, onImageFailed], [Enums.Events.IMAGE_VOLUME_LOADING_COMPLETED, onVolumeComplete],
  ]
  for (const [name, listener] of pageEvents) eventTarget.addEventListener(name, listener)

  const end = (id: string): void => {
    const one = shown.get(id)
    if (!one) return
    shown.delete(id)
    for (const event of [Enums.Events.CAMERA_MODIFIED, Enums.Events.VOI_MODIFIED, Enums.Events.IMAGE_RENDERED]) one.element.removeEventListener(event, onViewport)
    if (rendering.getViewport(id)) rendering.disableElement(id)
  }

  const engine: Engine = {
    show: (id, element, series, view) => {
      const now = shown.get(id)
      if (now && now.element === element && now.series === series && now.view === view) return
      end(id)
      const imageIds = series.frames.map((_, index) => imageIdOf(series, index))
      const one: Shown = { id, element, series, view, imageIds, wanted: Math.floor(imageIds.length / 2), drawn: -1, coming: undefined, turn: Promise.resolve(), failure: undefined, ready: false }
      shown.set(id, one)
      begin(one)
    },
    remove: end,
    retry: (id) => {
      const one = shown.get(id)
      if (!one) return
      const volumeId = volumeIdOf(one.series)
      const again = one.view === 'stack' ? [one] : [...shown.values()].filter(({ view, series }) => view !== 'stack' && volumeIdOf(series) === volumeId)
      if (one.view !== 'stack' && cache.getVolume(volumeId)) cache.removeVolumeLoadObject(volumeId)
      for (const each of again) {
        Object.assign(each, { failure: undefined, ready: false, ...(each.view === 'stack' ? {} : { drawn: -1, coming: undefined }) })
        changed(each.id)
        if (each.view === 'stack') void draw(each).then(() => prefetch(each))
        else void showVolume(each)
      }
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
      const viewport = viewportOf(id) as Types.IVolumeViewport | undefined
      if (!viewport || !one.ready) return
      moveToSlice(viewport, volumeIdOf(one.series), slice)
      viewport.render()
      changed(id)
    },
    goTo: (id, point) => {
      const one = shown.get(id)
      const viewport = viewportOf(id) as Types.IVolumeViewport | undefined
      if (!one || !viewport || one.drawn < 0) return
      if (one.view === 'stack') {
        const away = one.series.frames.map(({ plane }) => (plane ? Math.abs(offPlaneMm(plane, point)) : Infinity))
        engine.setSlice(id, away.indexOf(Math.min(...away)))
      } else engine.setSlice(id, sliceAt(viewport, volumeIdOf(one.series), point))
      reveal(viewport, point)
      viewport.render()
    },
    focus: (id, points) => {
      const viewport = viewportOf(id)
      const middle = middleOf(points)
      if (!viewport || !middle) return
      if (shown.get(id)?.view !== 'stack') engine.goTo(id, middle)
      focusOn(viewport, points)
      viewport.render()
    },
    pixels: pixelsAround,
    plane: (id) => {
      const one = shown.get(id)
      const viewport = viewportOf(id)
      if (!one || !viewport || one.drawn < 0) return undefined
      if (one.view !== 'stack') return cameraPlane(viewport)
      const plane = one.series.frames[one.wanted]?.plane
      return plane ? { point: plane.origin, normal: planeNormal(plane) } : undefined
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
      panBy(viewport, from, to)
      viewport.render()
    },
    zoom: (id, factor, about) => {
      const viewport = viewportOf(id)
      if (!viewport) return
      zoomAbout(viewport, factor, about)
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
      for (const [name, listener] of pageEvents) eventTarget.removeEventListener(name, listener)
      cache.purgeCache()
    },
  }
  return engine
}
