import type { Page } from '@playwright/test'
import { toWorld } from '../../src/domain/geometry/plane.ts'
import type { Measurement, Quantity } from '../../src/domain/measurement/types.ts'
import { compareNumber, comparePlaces, compareText, limits, shiftOf, type Line } from './compare.ts'
import { onCanvas, pictureInOhif, type PanelRow } from './ohif.ts'
import { drawing, type Drawn, type ReportShown } from './ours.ts'
import type { KnownStudy } from './study.ts'

/** Takes the next one that fits and has not been taken. */
const taker = <T>(all: readonly T[]) => {
  const left = [...all]
  return (fits: (one: T) => boolean): T | undefined => left.splice(left.findIndex(fits), left.some(fits) ? 1 : 0)[0]
}

/** An ellipse of which the ends of the longer axis, which come first in a report, lie side by side. */
const isWide = ({ kind, place: { points: [a = [0, 0], b = [0, 0]] } }: Measurement): boolean => kind === 'ellipse' && Math.abs(a[0] - b[0]) > Math.abs(a[1] - b[1])

/** Our marks in OHIF: numbers and words of its panel, places on its canvas, and the picture under them. */
export const oursInOhif = async (page: Page, drawn: readonly Drawn[], rows: readonly PanelRow[], { images }: KnownStudy, oblique: boolean): Promise<Line[]> => {
  const take = taker(rows)
  const lines: Line[] = []
  for (const [index, { mark, said }] of drawn.entries()) {
    const { kind, place, label, values } = mark
    const row = take(({ tool }) => tool === drawing[index]?.ohif)
    const what = `${mark.trackingId} ${isWide(mark) ? 'wide ellipse' : kind}`
    const number = (quantity: Quantity, theirs = '', limit?: string): Line => {
      const exact = values.find((value) => value.quantity === quantity)?.number ?? Number.NaN
      const ours = said[quantity === 'max' ? 2 : 0] ?? ''
      const line = compareNumber(`${what}, ${quantity}`, { exact, ours, theirs, limit })
      return ours.includes(exact.toFixed(1)) ? line : { ...line, verdict: 'different', why: 'our list says something else than our report' }
    }
    if (kind === 'length') lines.push(number('length', row?.lines[0]))
    if (kind === 'bidirectional') lines.push(number('longAxis', row?.lines[0]), number('shortAxis', row?.lines[1]))
    if (kind === 'ellipse' || kind === 'freehand') lines.push(number('area', row?.lines[0]), number('max', row?.lines[1], isWide(mark) ? limits.wideEllipse : oblique && kind === 'freehand' ? limits.obliqueOutline : undefined))
    if (kind === 'arrow') lines.push(compareText(`${what}, words`, label, row?.title ?? ''))
    const image = place.kind === 'image' ? images.get(place.frame.sopInstanceUid) : undefined
    if (!image || place.kind !== 'image') throw new Error(`${what} lies on no image that is known`)
    const { places, vectors, image: shown } = await onCanvas(page, place.points.map((point) => [...toWorld(image.plane, point)]))
    if (!shown.includes(place.frame.sopInstanceUid)) throw new Error(`OHIF shows another image than that of ${what}`)
    lines.push(comparePlaces(`${what}, places`, places, vectors))
  }
  const [first] = drawn
  const image = first?.mark.place.kind === 'image' ? images.get(first.mark.place.frame.sopInstanceUid) : undefined
  if (!image) return lines
  const { plane, shown } = image
  const corners = await onCanvas(page, ([[0.5, 0.5], [plane.columns + 0.5, 0.5], [0.5, plane.rows + 0.5]] as const).map((point) => [...toWorld(plane, point)]))
  const picture = await pictureInOhif(page)
  const shift = shiftOf(picture, corners.places, plane, shown)
  lines.push({ what: 'picture under the marks', ours: `${plane.columns} x ${plane.rows} pixels`, theirs: `agrees to ${shift.likeness.toFixed(3)}`, off: `${shift.px.toFixed(2)} px`, verdict: shift.px <= 1 && shift.likeness > 0.9 ? 'same' : 'different' })
  return lines
}

/** OHIF's marks here: numbers and words of our panel against what OHIF printed where they were drawn. */
export const theirsHere = (rows: readonly PanelRow[], groups: readonly ReportShown[], oblique: boolean): Line[] => {
  const take = taker(groups)
  return rows.flatMap(({ tool, title, lines }): Line[] => {
    const group = take((one) => one.title.endsWith(tool))
    const number = (quantity: string, theirs = '', limit?: string): Line => {
      const found = group?.numbers.find(({ name }) => name === quantity)
      const line = compareNumber(`${tool}, ${quantity}`, { exact: Number.parseFloat(found?.text ?? ''), ours: found?.text ?? '', theirs, limit })
      return found?.recomputed && line.verdict === 'same' ? { ...line, verdict: 'different', why: 'its coordinates say something else' } : line
    }
    if (tool === 'Length') return [number('Length', lines[0])]
    if (tool === 'Bidirectional') return [number('Long Axis', lines[0]), number('Short Axis', lines[1])]
    if (tool === 'ArrowAnnotate') return [compareText(`${tool}, words`, /Comment: (.*)/.exec(group?.said ?? '')?.[1] ?? '', title)]
    return [number('Area', lines[0]), number('Maximum', lines[1], oblique && tool === 'PlanarFreehandROI' ? limits.obliqueOutline : undefined)]
  })
}

/** What OHIF prints of its own wide ellipse where it was drawn, and when its report is opened in OHIF again: the limit is not one of our files. */
export const theirsAgain = (drawn: readonly PanelRow[], again: readonly PanelRow[]): Line[] => {
  const [before = '', after = ''] = [drawn, again].map((rows) => rows.filter(({ tool }) => tool === 'EllipticalROI')[1]?.lines[1])
  return [{ what: 'wide ellipse of OHIF, max', ours: before, theirs: after, off: '', ...(before === after ? { verdict: 'same' } : { verdict: 'notShown', why: limits.wideEllipse }) }]
}
