import { cache, Enums, eventTarget, imageLoader, setVolumesForViewports, volumeLoader, type Types } from '@cornerstonejs/core'
import type { WadoClient } from '../../dicom/web/wadoClient.ts'
import { ownWindows } from '../../domain/display/window.ts'
import { offPlaneMm, planeNormal } from '../../domain/geometry/plane.ts'
import type { CanvasPoint, WorldPoint } from '../../domain/geometry/points.ts'
import type { Engine, EngineSeries, ViewportSnapshot } from '../port.ts'
import { dropSeries, heldVolumes } from './closed.ts'
import { cameraPlane, focusOn, middleOf, moveToSlice, panBy, reveal, sliceAt, slicesOf, zoomAbout } from './camera.ts'
import { toRange, windowOf, type Window } from './displayWindow.ts'
import { createMemory, keptOf, restoreInPlane, restoreInSpace } from './kept.ts'
import { FrameFailure, toFailure } from './loader.ts'
import { forgetImages, imageIdOf, knownImage } from './metadata.ts'
import { pixelsAround } from './pixels.ts'
import { hasWebGl2, restartRendering, startCornerstone } from './setup.ts'
import { viewportOptions, volumeIdOf, type Shown } from './shown.ts'
import { frameValues } from './voxels.ts'
import { applyLook, facingOf, faceFront, firstLook, lightFromEye, putVolume, renderMoving, rotateBy, type VolumeLook } from './volumeView.ts'
import { presetsOf, volumePresets } from './volumePresets.ts'

type StackLike = Types.IStackViewport & { setImageIdIndex(index: number): Promise<string> }

/** Starts what every view needs, before there is one: the first picture comes sooner. */
export const warmUp = (wado: WadoClient): void => { startCornerstone(wado) }
const studyOf = ({ datasetId, studyInstanceUid }: EngineSeries): string => `${datasetId}/${studyInstanceUid}`

/** The engine over Cornerstone: the only place that knows it. */
export const createEngine = ({ wado }: { wado: WadoClient }): Engine => {
  let rendering = startCornerstone(wado)
  let lost = false
  const memory = createMemory()
  const shown = new Map<string, Shown>()
  const snapshots = new Map<string, ViewportSnapshot>()
  const listeners = new Map<string, Set<() => void>>()
  const loaded = new WeakMap<EngineSeries, Set<string>>()

  const viewportOf = (id: string): Types.IViewport | undefined => (shown.has(id) ? rendering.getViewport(id) : undefined)
  const windowInSpace = ({ look }: Shown): Window | undefined => (look && volumePresets[look.preset].scale === 'window' ? look.window : undefined)
  const changed = (id: string): void => {
    const one = shown.get(id)
    if (!one) return
    const viewport = viewportOf(id)
    const isStack = one.view === 'stack'
    const inSpace = one.view === 'volume'
    const window = one.failure ? undefined : inSpace ? windowInSpace(one) : windowOf(viewport)
    const facing = inSpace && one.ready && viewport ? facingOf(viewport) : undefined
    const { slice, slices } = inSpace ? { slice: 0, slices: 1 } : isStack ? { slice: one.wanted, slices: one.imageIds.length } : viewport && one.ready ? slicesOf(viewport as Types.IVolumeViewport, volumeIdOf(one.series)) : { slice: 0, slices: 1 }
    snapshots.set(id, {
      revision: (snapshots.get(id)?.revision ?? 0) + 1, view: one.view, slice, slices, loaded: loaded.get(one.series)?.size ?? 0, ...(window ? { window } : {}),
      ...(one.failure ? { failure: one.failure } : {}), waiting: isStack ? one.drawn !== one.wanted : one.drawn < 0,
      ...(facing && one.look ? { volume: { preset: one.look.preset, presets: presetsOf(one.series.modality), ...facing } } : {}),
    })
    for (const listener of listeners.get(id) ?? []) listener()
  }
  const fail = (one: Shown, error: unknown): void => {
    if (shown.get(one.id) !== one) return
    one.failure = toFailure(error)
    changed(one.id)
  }

  /** Window, zoom and pan a picture opens with: as it was before, else the window chosen for its series, else the file's own, one for all views. */
  const windowFirst = (one: Shown): void => {
    const first = one.kept?.window ?? memory.chosenWindow(one.series) ?? ownWindows(one.series.frames)[0]
    const viewport = viewportOf(one.id) as Types.IStackViewport | undefined
    if (first) viewport?.setProperties({ voiRange: toRange(first) })
    if (viewport && one.kept) restoreInPlane(viewport, one.kept)
  }
  /** Hands a loaded picture to the viewport, unless another is wanted by now. */
  const hand = async (one: Shown, index: number): Promise<void> => {
    const viewport = viewportOf(one.id) as StackLike | undefined
    if (!viewport || lost || shown.get(one.id) !== one || one.wanted !== index) return
    if (one.drawn < 0 && one.coming === undefined) {
      await viewport.setStack([...one.imageIds], index)
      windowFirst(one)
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
    if (one.failure) return
    if (one.view === 'volume' && !one.ready) return void showVolume(one)
    if (!one.ready) return
    one.coming = 0
    viewportOf(one.id)?.render()
  }
  const showInSpace = async (one: Shown, volumeId: string): Promise<void> => {
    if (one.series.frames.some(({ pixels }) => pixels.samplesPerPixel !== 1)) throw new FrameFailure({ kind: 'unsupported', detail: 'colour' })
    one.look ??= one.kept?.look ?? firstLook(one.series, volumeId)
    await putVolume(rendering, one.id, volumeId, one.look)
    const viewport = viewportOf(one.id)
    if (shown.get(one.id) !== one || !viewport) return
    if (one.kept) restoreInSpace(viewport, one.kept)
    lightFromEye(viewport)
    one.ready = true
    complete(one)
    changed(one.id)
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
      // In space only what is complete is drawn: each drawing is dear, and would hold up the frames still to come.
      if (one.view === 'volume') return volume.loadStatus.loaded ? await showInSpace(one, volumeId) : volume.load()
      await setVolumesForViewports(rendering, [{ volumeId }], [one.id])
      const viewport = viewportOf(one.id) as Types.IVolumeViewport | undefined
      if (shown.get(one.id) !== one || !viewport) return
      one.ready = true
      windowFirst(one)
      moveToSlice(viewport, volumeId, one.kept?.slice ?? slicesOf(viewport, volumeId).slice)
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
    if (lost || !hasWebGl2()) {
      one.failure = { kind: lost ? 'contextLost' : 'noWebGL', detail: '' }
      return changed(one.id)
    }
    rendering.enableElement({
      viewportId: one.id, element: one.element as HTMLDivElement, ...viewportOptions(one.view),
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
  const onContextLost = (event: Event): void => {
    if ((event as CustomEvent<{ renderingEngineId: string }>).detail.renderingEngineId !== rendering.id) return
    lost = true
    for (const one of shown.values()) fail(one, new FrameFailure({ kind: 'contextLost', detail: '' }))
  }
  const pageEvents: readonly [string, (event: Event) => void][] = [
    [Enums.Events.WEBGL_CONTEXT_LOST, onContextLost], [Enums.Events.IMAGE_LOADED, onImageLoaded], [Enums.Events.IMAGE_LOAD_FAILED, onImageFailed], [Enums.Events.IMAGE_VOLUME_LOADING_COMPLETED, onVolumeComplete],
  ]
  for (const [name, listener] of pageEvents) eventTarget.addEventListener(name, listener)

  const remember = (one: Shown): void => {
    const viewport = viewportOf(one.id)
    const window = windowOf(viewport)
    if (!viewport || one.drawn < 0) return
    const slice = one.view === 'stack' ? one.wanted : one.view === 'volume' ? 0 : slicesOf(viewport as Types.IVolumeViewport, volumeIdOf(one.series)).slice
    memory.keep(one.series, `${one.id}/${one.view}`, keptOf(viewport, { slice, ...(window ? { window } : {}), ...(one.look ? { look: one.look } : {}) }))
  }
  const fresh = ({ id, element, series, view, imageIds }: Pick<Shown, 'id' | 'element' | 'series' | 'view' | 'imageIds'>): Shown => {
    const kept = memory.kept(series, `${id}/${view}`)
    return { id, element, series, view, imageIds, kept, wanted: kept && view === 'stack' ? kept.slice : Math.floor(imageIds.length / 2), drawn: -1, coming: undefined, turn: Promise.resolve(), failure: undefined, ready: false }
  }
  /** All views anew where they were: what lay in the graphics card is gone, pictures and volumes are here. */
  const redraw = (): void => {
    const all = [...shown.values()]
    for (const one of all) remember(one)
    for (const { volumeId } of heldVolumes()) cache.removeVolumeLoadObject(volumeId)
    rendering = restartRendering()
    lost = false
    for (const one of all) {
      const next = fresh(one)
      shown.set(one.id, next)
      begin(next)
    }
  }
  const end = (id: string): void => {
    const one = shown.get(id)
    if (!one) return
    remember(one)
    shown.delete(id)
    for (const event of [Enums.Events.CAMERA_MODIFIED, Enums.Events.VOI_MODIFIED, Enums.Events.IMAGE_RENDERED]) one.element.removeEventListener(event, onViewport)
    if (rendering.getViewport(id)) rendering.disableElement(id)
  }

  const render = (id: string, viewport: Types.IViewport): void => (shown.get(id)?.view === 'volume' ? renderMoving(viewport) : viewport.render())
  const look = (one: Shown, change: Partial<VolumeLook>): void => {
    const viewport = viewportOf(one.id)
    if (!viewport || !one.look || !one.ready) return
    one.look = { ...one.look, ...change }
    applyLook(viewport, one.look)
    changed(one.id)
  }

  const engine: Engine = {
    show: (id, element, series, view) => {
      const now = shown.get(id)
      if (now && now.element === element && now.series === series && now.view === view) return
      end(id)
      const studies = new Set([series, ...[...shown.values()].map((other) => other.series)].map(studyOf))
      dropSeries((other) => !studies.has(studyOf(other)))
      const imageIds = series.frames.map((_, index) => imageIdOf(series, index))
      const one = fresh({ id, element, series, view, imageIds })
      shown.set(id, one)
      begin(one)
    },
    remove: (id) => {
      end(id)
      snapshots.delete(id)
    },
    retry: (id) => {
      const one = shown.get(id)
      if (!one) return
      if (lost) return redraw()
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
        if (!lost) one.failure = undefined
        changed(id)
        void draw(one)
        return
      }
      const viewport = viewportOf(id) as Types.IVolumeViewport | undefined
      if (!viewport || !one.ready || one.view === 'volume') return
      moveToSlice(viewport, volumeIdOf(one.series), slice)
      viewport.render()
      changed(id)
    },
    goTo: (id, point) => {
      const one = shown.get(id)
      const viewport = viewportOf(id) as Types.IVolumeViewport | undefined
      if (!one || !viewport || one.drawn < 0 || one.view === 'volume') return
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
      if (!one || !viewport || one.drawn < 0 || one.view === 'volume') return undefined
      if (one.view !== 'stack') return cameraPlane(viewport)
      const plane = one.series.frames[one.wanted]?.plane
      return plane ? { point: plane.origin, normal: planeNormal(plane) } : undefined
    },
    setWindow: (id, { width, centre }) => {
      const one = shown.get(id)
      if (one) memory.chooseWindow(one.series, { width, centre })
      if (one?.view === 'volume') return look(one, { window: { width, centre } })
      const viewport = viewportOf(id) as Types.IStackViewport | undefined
      viewport?.setProperties({ voiRange: toRange({ width, centre }) })
      viewport?.render()
      changed(id)
    },
    pan: (id, from, to) => {
      const viewport = viewportOf(id)
      if (!viewport) return
      panBy(viewport, from, to)
      render(id, viewport)
    },
    zoom: (id, factor, about) => {
      const viewport = viewportOf(id)
      if (!viewport) return
      zoomAbout(viewport, factor, about)
      render(id, viewport)
    },
    fit: (id) => {
      const viewport = viewportOf(id)
      if (viewport && shown.get(id)?.view === 'volume') faceFront(viewport)
      else viewport?.resetCamera()
      viewport?.render()
      changed(id)
    },
    rotate: (id, from, to) => {
      const one = shown.get(id)
      const viewport = viewportOf(id)
      if (!viewport || !one?.ready || one.view !== 'volume') return
      rotateBy(viewport, from, to)
      renderMoving(viewport)
    },
    setPreset: (id, preset) => {
      const one = shown.get(id)
      if (one) look(one, { preset })
    },
    resize: () => rendering.resize(true, true),
    toWorld: (id, point): WorldPoint | undefined => {
      const one = shown.get(id)
      return one && one.drawn >= 0 && one.view !== 'volume' ? viewportOf(id)?.canvasToWorld([point[0], point[1]]) : undefined
    },
    toCanvas: (id, point): CanvasPoint | undefined => {
      const one = shown.get(id)
      return one && one.drawn >= 0 ? viewportOf(id)?.worldToCanvas([point[0], point[1], point[2]]) : undefined
    },
    values: frameValues,
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
      forgetImages()
    },
  }
  return engine
}
