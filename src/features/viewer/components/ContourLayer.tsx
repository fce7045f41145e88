import { useMemo } from 'react'
import { outlinesOn } from '../../../domain/segmentation/outlines.ts'
import type { Contour } from '../../../domain/segmentation/structures.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { halfSliceMm } from '../marks/surface.ts'

/** Structures that are drawn by their contours, which may overlap. */
export type ContourOverlay = { readonly name: string; readonly structures: readonly { readonly number: number; readonly name: string; readonly colour: readonly [number, number, number]; readonly frameOfReferenceUid: string; readonly contours: readonly Contour[] }[] }

/** Contours over one view, where they lie in the patient: on their own slices as outlines, across them as lines. */
export const ContourLayer = ({ viewportId, series, overlay }: { viewportId: string; series: EngineSeries; overlay: ContourOverlay }) => {
  const engine = useEngine()
  const view = useViewport(viewportId)
  // Equal coordinates are one place only within a frame of reference (PS3.3 C.7.4.1).
  const here = useMemo(() => overlay.structures.filter(({ frameOfReferenceUid }) => frameOfReferenceUid !== '' && series.frames.every((frame) => frame.frameOfReferenceUid === frameOfReferenceUid)), [overlay, series])
  const plane = view && !view.failure && !view.waiting ? engine.plane(viewportId) : undefined
  const half = view && plane ? halfSliceMm(series, view, plane) : 0
  return (
    <svg role="img" aria-label={overlay.name} data-contours={viewportId} style={{ position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' }}>
      {plane ? here.map(({ number, name, colour, contours }) => {
        const d = contours.flatMap((contour) => outlinesOn(plane, half, contour)).map(({ points, closed }) => `${points.map((point, index) => {
          const [x, y] = engine.toCanvas(viewportId, point) ?? [0, 0]
          return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
        }).join('')}${closed ? 'Z' : ''}`).join('')
        return d ? <g key={number} data-structure={name}><path d={d} fill="none" stroke="#000" strokeWidth={3} strokeOpacity={0.6} /><path d={d} fill="none" stroke={`rgb(${colour.join()})`} strokeWidth={1.5} /></g> : null
      }) : null}
    </svg>
  )
}
