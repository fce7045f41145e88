import { useEffect, useRef, type PointerEvent, type ReactNode } from 'react'
import type { Plane } from '../../../domain/geometry/crossing.ts'
import { edgeLetters, orientationLetters } from '../../../domain/geometry/letters.ts'
import type { CanvasPoint, Vec3 } from '../../../domain/geometry/points.ts'
import type { EngineSeries, View } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { formatDate, useTranslation } from '../../../i18n/index.ts'
import type { MeasurementKind } from '../../../domain/measurement/types.ts'
import type { SeriesFacts } from '../series.ts'
import { drawnBy, paintedBy, useViewerStore, type Tool } from '../store.ts'
import { useCalibration } from './useCalibration.ts'
import { ViewportFailure } from './ViewportFailure.tsx'

const planeDirections: Record<Exclude<View, 'stack' | 'volume'>, readonly [Vec3, Vec3]> = { axial: [[1, 0, 0], [0, 1, 0]], coronal: [[1, 0, 0], [0, 0, -1]], sagittal: [[0, 1, 0], [0, 0, -1]] }
const corner = { position: 'absolute', padding: '2px 6px', background: '#000000a8', color: '#e6ebef', fontSize: 12, lineHeight: '16px', pointerEvents: 'none', whiteSpace: 'pre', borderRadius: 3 } as const

const middle = 'translateX(-50%)'

/** Where a plane across the body lies: the axis of the patient it stands on, and mm along it; undefined where it is oblique. */
const placeOf = (plane: Plane | undefined, language: string): { axis: string; position: string } | undefined => {
  const axis = plane?.normal.findIndex((value) => Math.abs(value) > 0.999) ?? -1
  const mm = plane?.point[axis]
  return mm === undefined ? undefined : { axis: ['x', 'y', 'z'][axis] ?? '', position: new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(mm) }
}

/** A date of DICOM (DA) as a person reads it; what is no date stays as it is. */
const dateOf = (da: string, language: string): string => (/^\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(da) ? formatDate(`${da.slice(0, 4)}-${da.slice(4, 6)}-${da.slice(6)}`, language) : da)

type OverPicture = MeasurementKind | 'crosshair' | 'brush' | 'eraser'
type Gesture = Exclude<Tool, OverPicture> | 'rotate'
const isGesture = (tool: Tool): tool is Exclude<Tool, OverPicture> => tool !== 'crosshair' && drawnBy(tool) === undefined && paintedBy(tool) === undefined
/** Mouse: left does the tool, right zooms, middle pans, the wheel goes one slice a notch. What draws over the picture has its own. */
const gestureOf = (button: number, tool: Tool): Gesture | undefined => (button === 1 ? 'pan' : button === 2 ? 'zoom' : button === 0 && isGesture(tool) ? tool : undefined)

/** A volume in space has no slices to go through: left turns it, unless pan or zoom is in hand. */
const gestureInSpace = (button: number, tool: Tool): Gesture | undefined => (button === 0 && tool !== 'pan' && tool !== 'zoom' ? 'rotate' : gestureOf(button, tool))

/** One view of a series with what must stand beside it: what it is, where, how it is windowed, which way it faces, or why it is empty. */
export const Viewport = ({ id, series, facts, view: kind, children }: { id: string; series: EngineSeries; facts: SeriesFacts; view: View; children?: ReactNode }) => {
  const { t, i18n } = useTranslation('viewer')
  const engine = useEngine()
  const view = useViewport(id)
  const { tool, active, set } = useViewerStore()
  const element = useRef<HTMLDivElement>(null)
  const drag = useRef<{ gesture: Gesture; last: CanvasPoint; slice: number }>(undefined)

  useEffect(() => { if (element.current) engine.show(id, element.current, series, kind) }, [engine, id, series, kind])
  useEffect(() => () => engine.remove(id), [engine, id])
  useEffect(() => {
    const observed = element.current
    if (!observed) return undefined
    const observer = new ResizeObserver(() => engine.resize())
    observer.observe(observed)
    const wheel = (event: WheelEvent) => {
      event.preventDefault()
      const now = engine.snapshot(id)
      if (now?.volume && event.deltaY !== 0) engine.zoom(id, Math.exp(-Math.sign(event.deltaY) / 8), [event.clientX - observed.getBoundingClientRect().left, event.clientY - observed.getBoundingClientRect().top])
      else if (now && event.deltaY !== 0) engine.setSlice(id, now.slice + Math.sign(event.deltaY))
    }
    const frame = observed.parentElement
    frame?.addEventListener('wheel', wheel, { passive: false })
    return () => {
      observer.disconnect()
      frame?.removeEventListener('wheel', wheel)
    }
  }, [engine, id])

  const at = (event: PointerEvent): CanvasPoint => {
    const box = (element.current ?? event.currentTarget).getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  const down = (event: PointerEvent) => {
    set({ active: id })
    const gesture = (kind === 'volume' ? gestureInSpace : gestureOf)(event.button, tool)
    if (!gesture || !view) return
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { gesture, last: at(event), slice: view.slice }
  }
  const move = (event: PointerEvent) => {
    const now = drag.current
    if (!now || !view) return
    const point = at(event)
    const [dx, dy] = [point[0] - now.last[0], point[1] - now.last[1]]
    if (now.gesture === 'rotate') engine.rotate(id, now.last, point)
    else if (now.gesture === 'pan') engine.pan(id, now.last, point)
    else if (now.gesture === 'zoom') engine.zoom(id, Math.exp(-dy / 150), now.last)
    else if (now.gesture === 'window' && view.window) {
      const speed = Math.max(1, view.window.width / 300)
      engine.setWindow(id, { width: Math.max(1, view.window.width + dx * speed), centre: view.window.centre + dy * speed })
    } else if (now.gesture === 'scroll') {
      const slice = now.slice + dy / 6
      engine.setSlice(id, slice)
      drag.current = { ...now, last: point, slice }
      return
    }
    drag.current = { ...now, last: point }
  }
  const up = () => { drag.current = undefined }

  const { plane, patientOrientation } = series.frames[view?.slice ?? 0] ?? {}
  const [right, below] = kind === 'stack' ? [plane?.rowDirection, plane?.columnDirection] : kind === 'volume' ? [view?.volume?.right, view?.volume?.down] : planeDirections[kind]
  const letters = right && below ? edgeLetters(right, below) : kind === 'stack' && patientOrientation ? orientationLetters(patientOrientation) : undefined
  const place = view && !view.waiting ? placeOf(engine.plane(id), i18n.language) : undefined
  const loaded = view && t('loaded', { loaded: view.loaded, all: series.frames.length })
  const calibration = useCalibration(kind === 'stack' ? series.frames[view?.slice ?? 0] : undefined)
  const said = view && [
    // Before a volume is there its planes cannot be counted.
    [kind === 'stack' || !view.waiting ? t('slice', { slice: view.slice + 1, slices: view.slices }) : '', view.loaded < series.frames.length ? loaded : ''].filter(Boolean).join('  '),
    place ? t('position', place) : '', calibration,
  ].filter(Boolean).join('\n')
  const name = t('viewport', { view: t(`view.${kind}`), series: series.description || series.modality })
  return (
    <div role="application" aria-label={name} data-viewport={id} data-slice={view?.slice} data-waiting={view?.waiting} data-loaded={view?.loaded} tabIndex={0} onPointerDown={down} onPointerMove={move} onPointerUp={up} onContextMenu={(event) => event.preventDefault()} onFocus={() => set({ active: id })}
      style={{ position: 'relative', minWidth: 0, minHeight: 0, overflow: 'hidden', background: '#000', outline: 'none', boxShadow: active === id ? 'inset 0 0 0 1px var(--mantine-color-petrol-4)' : 'none', touchAction: 'none', userSelect: 'none' }}
      // Words that are selected on the page would be dragged along, and the stroke or mark under way given up.
      onDragStart={(event) => event.preventDefault()}>
      <div ref={element} style={{ position: 'absolute', inset: 1 }} />
      <div style={{ position: 'absolute', inset: 1, pointerEvents: 'none' }}>{children}</div>
      <div style={{ ...corner, top: 6, left: 6 }}>{`${facts.patientId}  ${dateOf(facts.studyDate, i18n.language)}\n${facts.studyDescription}\n${series.description}\n${kind === 'volume' ? t('notForMeasuring') : t(`view.${kind}`)}`}</div>
      {view && !view.failure && kind !== 'volume' && said ? <div style={{ ...corner, bottom: 6, left: 6 }}>{said}</div> : null}
      {view?.volume ? <div style={{ ...corner, bottom: 6, left: 6 }}>{t('rotateHint')}</div> : null}
      {view?.window ? <div style={{ ...corner, bottom: 6, right: 6 }}>{t('windowText', { width: Math.round(view.window.width), centre: Math.round(view.window.centre) })}</div> : null}
      {letters ? (
        <>
          <div style={{ ...corner, left: 6, top: '50%' }} data-letter="left">{letters.left}</div><div style={{ ...corner, right: 6, top: '50%' }} data-letter="right">{letters.right}</div>
          <div style={{ ...corner, top: 6, left: '50%', transform: middle }} data-letter="top">{letters.top}</div><div style={{ ...corner, bottom: kind === 'volume' ? 6 : 24, left: '50%', transform: middle }} data-letter="bottom">{letters.bottom}</div>
        </>
      ) : null}
      {view?.failure ? <ViewportFailure viewportId={id} kind={view.failure.kind} /> : view?.waiting ? (
        <div role="status" style={{ ...corner, top: '50%', left: '50%', transform: 'translate(-50%, 24px)' }}>
          {kind === 'stack' ? t('waiting', { slice: view.slice + 1 }) : <>{t('loadingImages')}{'\n'}<span role="progressbar" aria-label={t('loadingImages')} aria-valuemin={0} aria-valuenow={view.loaded} aria-valuemax={series.frames.length}>{loaded}</span></>}
        </div>
      ) : null}
    </div>
  )
}
