import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { useState } from 'react'
import { decodeReport } from '../../dicom/sr/decode.ts'
import { encodeReport } from '../../dicom/sr/encode.ts'
import type { DicomJson } from '../../dicom/file/json.ts'
import { dot, norm, subtract, toImage, toWorld } from '../../domain/geometry/plane.ts'
import type { CanvasPoint, FramePlane, Vec3, WorldPoint } from '../../domain/geometry/points.ts'
import { measure, roundPlace } from '../../domain/measurement/measure.ts'
import type { Measurement } from '../../domain/measurement/types.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import { ViewerScreen, type Finished, type SeriesFacts } from './index.ts'
import { useViewerStore, type Layout, type Tool } from './store.ts'

let close = (): void => undefined
afterEach(() => close())
const hu = (column: number, row: number, slice: number): number => ((column * 7 + row * 13 + slice * 29) % 400) - 100
const chest = { rows: 80, columns: 100, slices: 20, pixelSpacing: [0.9, 0.6], sliceSpacingMm: 2, hu } as const
const facts: SeriesFacts = { patientName: 'Generated', patientId: 'G-1', studyDate: '20260105', studyDescription: 'Generated chest', first: {} }

/** The screen over a generated CT, and marks kept as the workspace keeps them. */
const open = (name: string, layout: Layout, tool: Tool) => {
  const { engine, series, close: end } = showGenerated({ ...chest, name }, {})
  const kept: { marks: Measurement[] } = { marks: [] }
  const Host = () => {
    const [marks, setMarks] = useState<Measurement[]>([])
    const [selected, setSelected] = useState<string>()
    const finish = async ({ uid, kind, place, calibration, label }: Finished): Promise<void> => {
      const pixels = kind === 'ellipse' || kind === 'freehand' ? await engine.pixels(series, place) : undefined
      const rounded = roundPlace(place)
      const before = kept.marks.find(({ trackingUid }) => trackingUid === uid)
      const number = before ? before.trackingId : `M${kept.marks.length + 1}`
      const mark: Measurement = { trackingUid: uid ?? `2.25.${kept.marks.length + 1}`, trackingId: number, kind, label: label ?? before?.label ?? '', place: rounded, values: measure(kind, rounded, calibration, pixels) }
      kept.marks = [...kept.marks.filter(({ trackingUid }) => trackingUid !== mark.trackingUid), mark]
      setMarks(kept.marks)
    }
    return <ViewerScreen series={series} facts={facts} choices={[]} onChoose={() => undefined} back="/" marks={marks} selected={selected} onFinished={(mark) => void finish(mark)} onSelect={setSelected} onKey={() => undefined} overlay={undefined} chip={null} panel={null} />
  }
  const page = document.createElement('div')
  page.style.cssText = 'position:fixed;inset:0;width:1200px;height:640px'
  document.body.append(page)
  const root = createRoot(page)
  useViewerStore.setState({ layout, tool, active: 'one' })
  root.render(<MantineProvider><I18nextProvider i18n={createI18n()}><EngineProvider value={engine}><Host /></EngineProvider></I18nextProvider></MantineProvider>)
  close = () => { root.unmount(); end(); page.remove() }
  const layer = (id: string): SVGSVGElement => {
    const svg = page.querySelector<SVGSVGElement>(`svg[data-marks="${id}"]`)
    if (!svg) throw new Error('no layer')
    svg.setPointerCapture = () => undefined
    return svg
  }
  /** Presses at the first point of the canvas, goes through the others, lets go at the last. */
  const stroke = (id: string, points: readonly CanvasPoint[], target: Element = layer(id)): void => {
    const box = layer(id).getBoundingClientRect()
    const send = (type: string, [x, y]: CanvasPoint, on: Element) => on.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, clientX: box.left + x, clientY: box.top + y }))
    const [first = [0, 0], ...rest] = points
    send('pointerdown', first, target)
    for (const point of rest) send('pointermove', point, layer(id))
    send('pointerup', points.at(-1) ?? first, layer(id))
  }
  const mark = async (count = 1): Promise<Measurement> => {
    await expect.poll(() => kept.marks.length).toBe(count)
    const last = kept.marks.at(-1)
    if (!last) throw new Error('no mark')
    return last
  }
  /** Views are drawn, and the page says so. */
  const ready = async (...ids: string[]): Promise<void> => {
    await Promise.all(ids.map((id) => drawn(engine, undefined, id)))
    for (const id of ids) await expect.poll(() => page.querySelector(`[data-viewport="${id}"]`)?.getAttribute('data-waiting')).toBe('false')
  }
  return { engine, series, page, layer, stroke, mark, kept, ready }
}
const planeOf = (frames: readonly { readonly plane?: FramePlane }[], slice: number): FramePlane => {
  const plane = frames[slice]?.plane
  if (!plane) throw new Error('no plane')
  return plane
}
const near = (a: readonly number[], b: readonly number[], within = 0.01): void => { a.forEach((value, index) => expect(Math.abs(value - (b[index] ?? NaN))).toBeLessThan(within)) }
const key = (name: string): boolean => window.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }))

describe('a mark on an acquired frame', () => {
  it('has its points where the pointer was, in image coordinates of that frame, whatever the zoom', async () => {
    const { engine, series, stroke, mark, ready } = open('draw-length', 'stack', 'length')
    await ready('one')
    const slice = engine.snapshot('one')?.slice ?? 0
    engine.zoom('one', 2.3, [211, 170])
    engine.pan('one', [0, 0], [31, -17])
    const points: CanvasPoint[] = [[300.25, 200.5], [350, 250], [420.75, 310.125]]
    const clicked = [points[0], points[2]].map((point) => toImage(planeOf(series.frames, slice), engine.toWorld('one', point ?? [0, 0]) ?? [0, 0, 0]))
    stroke('one', points)
    const { place, values, kind } = await mark()
    expect([kind, place.kind, values.map(({ unit }) => unit)]).toEqual(['length', 'image', ['mm']])
    if (place.kind === 'image') expect(place.frame).toEqual(series.frames[slice]?.ref)
    place.points.forEach((point, index) => near([...point], [...clicked[index] ?? []]))
    expect(values[0]?.number).toBeCloseTo(Math.hypot((clicked[1]?.[0] ?? 0) * 0.6 - (clicked[0]?.[0] ?? 0) * 0.6, (clicked[1]?.[1] ?? 0) * 0.9 - (clicked[0]?.[1] ?? 0) * 0.9), 2)
  })
  it('bidirectional: the short axis is perpendicular in mm and stays so when an end is taken', async () => {
    const { ready, stroke, mark, layer } = open('draw-bidirectional', 'stack', 'bidirectional')
    await ready('one')
    stroke('one', [[300, 200], [360, 240], [420, 280]])
    const inMm = ({ place }: Measurement): Vec3[] => place.points.map(([x, y]) => [x * 0.6, y * 0.9, 0])
    const perpendicular = (points: readonly Vec3[]): number => {
      const [a, b, c, d] = points as [Vec3, Vec3, Vec3, Vec3]
      return dot(subtract(b, a), subtract(d, c)) / (norm(subtract(b, a)) * norm(subtract(d, c)))
    }
    const made = await mark()
    expect(perpendicular(inMm(made))).toBeCloseTo(0, 5)
    expect(made.values.map(({ quantity }) => quantity)).toEqual(['longAxis', 'shortAxis'])
    await expect.poll(() => layer('one').querySelectorAll('[data-mark="M1"] circle[data-end]').length).toBe(4)
    const end = layer('one').querySelector('[data-mark="M1"] circle[data-end="3"]')
    if (!end) throw new Error('no end')
    stroke('one', [[Number(end.getAttribute('cx')), Number(end.getAttribute('cy'))], [340, 330], [330, 345]], end)
    await expect.poll(() => JSON.stringify(made.place)).not.toBe(JSON.stringify((await mark()).place))
    const after = await mark()
    expect(after.trackingUid).toBe(made.trackingUid)
    expect(perpendicular(inMm(after))).toBeCloseTo(0, 5)
  })
  it('ellipse: area and figures are those of the voxels counted one by one', async () => {
    const { engine, stroke, mark, ready } = open('draw-ellipse', 'stack', 'ellipse')
    await ready('one')
    const slice = engine.snapshot('one')?.slice ?? 0
    stroke('one', [[280, 180], [330, 240], [400.5, 300.25]])
    const { place, values } = await mark()
    const [a = [0, 0], b = a, c = a, d = a] = place.points
    const centre = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] as const
    const half = (p: readonly number[], q: readonly number[]): readonly [number, number] => [((q[0] ?? 0) - (p[0] ?? 0)) / 2, ((q[1] ?? 0) - (p[1] ?? 0)) / 2]
    const [u, v] = [half(a, b), half(c, d)]
    const found: number[] = []
    for (let row = 0; row < 80; row++) {
      for (let column = 0; column < 100; column++) {
        const [x, y] = [column + 0.5 - centre[0], row + 0.5 - centre[1]]
        const s = (x * u[0] + y * u[1]) / (u[0] ** 2 + u[1] ** 2)
        const t = (x * v[0] + y * v[1]) / (v[0] ** 2 + v[1] ** 2)
        if (s * s + t * t <= 1) found.push(hu(column, row, slice))
      }
    }
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length
    const sd = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (found.length - 1))
    const said = Object.fromEntries(values.map(({ quantity, number }) => [quantity, number]))
    expect(found.length).toBeGreaterThan(50)
    expect([said['voxels'], said['min'], said['max']]).toEqual([found.length, Math.min(...found), Math.max(...found)])
    expect(said['mean']).toBeCloseTo(mean, 3)
    expect(said['sd']).toBeCloseTo(sd, 3)
    expect(values.map(({ unit }) => unit)).toEqual(['mm2', "[hnsf'U]", "[hnsf'U]", "[hnsf'U]", "[hnsf'U]", '1'])
  })
  it('freehand closes itself; too little of it is nothing', async () => {
    const { ready, stroke, mark, kept } = open('draw-freehand', 'stack', 'freehand')
    await ready('one')
    stroke('one', [[300, 200], [300, 200]])
    expect(kept.marks).toEqual([])
    stroke('one', [[300, 200], [380, 205], [375, 280], [310, 270]])
    const { place, values } = await mark()
    expect(place.points).toHaveLength(4)
    expect(values[0]?.quantity).toBe('area')
    expect(values[0]?.number).toBeGreaterThan(1)
  })
  it('arrow: its words are asked for and kept by Enter', async () => {
    const { ready, stroke, mark, page, kept } = open('draw-arrow', 'stack', 'arrow')
    await ready('one')
    stroke('one', [[300, 200], [340, 260]])
    await expect.poll(() => page.querySelector('input[aria-label="Label"]')).not.toBeNull()
    expect(kept.marks).toEqual([])
    const field = page.querySelector<HTMLInputElement>('input[aria-label="Label"]')
    if (!field) throw new Error('no field')
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, ' nodule ')
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
    expect((await mark()).label).toBe('nodule')
  })
  it('Esc while drawing leaves nothing', async () => {
    const { ready, layer, stroke, mark, kept } = open('draw-esc', 'stack', 'length')
    await ready('one')
    const box = layer('one').getBoundingClientRect()
    const send = (type: string, x: number, y: number) => layer('one').dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, clientX: box.left + x, clientY: box.top + y }))
    send('pointerdown', 300, 200)
    send('pointermove', 400, 260)
    await expect.poll(() => layer('one').querySelectorAll('[data-kind="length"]').length).toBe(1)
    key('Escape')
    await expect.poll(() => layer('one').querySelectorAll('[data-kind="length"]').length).toBe(0)
    send('pointerup', 400, 260)
    stroke('one', [[310, 210], [410, 270]])
    await mark()
    expect(kept.marks).toHaveLength(1)
  })
})

describe('a mark on a coronal plane', () => {
  const report = (marks: readonly Measurement[]): Promise<{ measurements: readonly Measurement[] }> => {
    const element = (vr: string, value: unknown) => ({ vr, Value: [value] })
    const source: DicomJson = { '0020000D': element('UI', '2.25.1'), '00100020': element('LO', 'G-1'), '00080020': element('DA', '20260105') }
    return decodeReport(encodeReport({ sopInstanceUid: '2.25.7', seriesInstanceUid: '2.25.8', seriesNumber: 1, instanceNumber: 1, source, observer: 'Rossi^Anna', device: { uid: '2.25.9', name: 'Imaging Workbench', version: '0.1.0' }, date: '20260105', time: '120000', measurements: marks }))
  }
  it('lies at the world points clicked, to 0.01 mm, also in the report; shows where it crosses the other planes', async () => {
    const { engine, series, stroke, mark, layer, ready } = open('draw-coronal', 'mpr', 'length')
    await ready('one', 'axial', 'coronal', 'sagittal')
    const points: CanvasPoint[] = [[220.5, 90.25], [260, 150], [330.75, 210.5]]
    const clicked = [points[0], points[2]].map((point) => engine.toWorld('coronal', point ?? [0, 0]) ?? [NaN, NaN, NaN] as WorldPoint)
    stroke('coronal', points)
    const made = await mark()
    expect(made.place.kind).toBe('plane')
    made.place.points.forEach((point, index) => near([...point], [...clicked[index] ?? []]))
    if (made.place.kind === 'plane') expect([Math.abs(made.place.normal[1]), made.place.frameOfReferenceUid]).toEqual([1, series.frames[0]?.frameOfReferenceUid])
    const { measurements } = await report([made])
    expect(measurements[0]?.place.kind).toBe('plane')
    measurements[0]?.place.points.forEach((point, index) => near([...point], [...clicked[index] ?? []]))
    expect(made.values[0]?.number).toBeCloseTo(norm(subtract(clicked[0] ?? [0, 0, 0], clicked[1] ?? [0, 0, 0])), 2)
    // The axial plane goes through the stretch between the two: the ring stands at the height of the plane on the line.
    const [from, to] = clicked as [WorldPoint, WorldPoint]
    const middle = (from[2] + to[2]) / 2
    engine.goTo('axial', [from[0], from[1], middle])
    await expect.poll(() => layer('axial').querySelectorAll('[data-crossing="M1"] circle[data-ring]').length).toBe(1)
    const height = engine.plane('axial')?.point[2] ?? NaN
    const share = (height - from[2]) / (to[2] - from[2])
    const at = engine.toCanvas('axial', [from[0] + share * (to[0] - from[0]), from[1], height]) ?? [NaN, NaN]
    const ring = layer('axial').querySelector('[data-crossing="M1"] circle[data-ring]')
    near([Number(ring?.getAttribute('cx')), Number(ring?.getAttribute('cy'))], [...at], 1)
    // Away from its plane it is not drawn in its own view.
    expect(layer('coronal').querySelectorAll('[data-mark="M1"]').length).toBe(1)
    engine.setSlice('coronal', (engine.snapshot('coronal')?.slice ?? 0) + 3)
    await expect.poll(() => layer('coronal').querySelectorAll('[data-mark="M1"]').length).toBe(0)
  })
  it('a mark of the stack shows in the other planes, and one click on it there chooses it', async () => {
    const { engine, series, stroke, mark, layer, ready } = open('draw-cross', 'mpr', 'length')
    await ready('one', 'axial', 'coronal', 'sagittal')
    stroke('one', [[200, 80], [240, 140], [300, 200]])
    const made = await mark()
    if (made.place.kind !== 'image') throw new Error('not on the stack')
    const slice = engine.snapshot('one')?.slice ?? 0
    const [a = [0, 0], b = [0, 0]] = made.place.points
    const plane = planeOf(series.frames, slice)
    const [from, to] = [toWorld(plane, a), toWorld(plane, b)]
    engine.goTo('coronal', [0, (from[1] + to[1]) / 2, from[2]])
    await expect.poll(() => layer('coronal').querySelectorAll('[data-crossing="M1"] circle[data-ring]').length).toBe(1)
    useViewerStore.setState({ tool: 'window' })
    const target = layer('coronal').querySelector('[data-crossing="M1"] circle:last-of-type')
    target?.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0, pointerId: 1 }))
    await expect.poll(() => layer('coronal').querySelector('[data-crossing="M1"] circle[data-ring]')?.getAttribute('stroke')).toBe('#ffffff')
  })
})
