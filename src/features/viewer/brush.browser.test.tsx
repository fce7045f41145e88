import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { useState } from 'react'
import { gridOfFrames, gridPoint } from '../../domain/geometry/grid.ts'
import type { CanvasPoint, Vec3 } from '../../domain/geometry/points.ts'
import { applyPatch, patchBox, type Patch } from '../../domain/segmentation/brush.ts'
import { boxAround, type VoxelBox } from '../../domain/segmentation/paint.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import { ViewerScreen, type SeriesFacts } from './index.ts'
import { useViewerStore, type Layout, type Tool } from './store.ts'
import { stroke } from './testScreen.tsx'

let close = (): void => undefined
afterEach(() => close())
const chest = { rows: 80, columns: 100, slices: 20, pixelSpacing: [0.9, 0.6], sliceSpacingMm: 2, hu: () => -200 } as const
const facts: SeriesFacts = { patientName: 'Generated', patientId: 'G-1', studyDate: '20260105', studyDescription: 'Generated chest', first: {} }

/** The screen over a generated CT, and labels kept as the workspace keeps them. */
const open = async (name: string, layout: Layout, tool: Tool) => {
  const { engine, series, close: end } = showGenerated({ ...chest, name }, {})
  const grid = gridOfFrames(series.frames.flatMap(({ plane }) => plane ?? []))
  const labels = new Uint8Array(100 * 80 * 20)
  const patches: Patch[] = []
  const keys: string[] = []
  let box: VoxelBox | undefined
  const Host = () => {
    const [version, setVersion] = useState(0)
    const overlay = { box: box ?? 'empty' as const, seriesInstanceUid: series.seriesInstanceUid, stack: series.stack, name: `S1 ${version}`, labelMap: { columns: 100, rows: 80, slices: 20, data: labels }, looks: new Map([[1, { colour: [255, 0, 0] as const, alpha: 1 }]]) }
    const onStroke = (patch: Patch): void => {
      patches.push(patch)
      applyPatch(labels, patch)
      box = boxAround(box, patchBox(patch, 100, 80))
      setVersion((now) => now + 1)
    }
    return <ViewerScreen series={series} facts={facts} choices={[]} onChoose={() => undefined} back="/" marks={[]} selected={undefined} onFinished={() => undefined} onSelect={() => undefined} onKey={(key) => keys.push(key)} overlay={undefined} paintings={[overlay]} surface={{ grid, labels: () => labels, colour: [255, 0, 0], onStroke }} chip={null} panel={null} />
  }
  const page = document.createElement('div')
  page.style.cssText = 'position:fixed;inset:0;width:1200px;height:640px'
  document.body.append(page)
  const root = createRoot(page)
  useViewerStore.setState({ layout, tool, active: 'one', radius: 6, ball: false })
  root.render(<MantineProvider><I18nextProvider i18n={createI18n()}><EngineProvider value={engine}><Host /></EngineProvider></I18nextProvider></MantineProvider>)
  close = () => { root.unmount(); end(); page.remove() }
  const { slice: shown } = await drawn(engine)
  const layer = (id: string): Element => page.querySelector(`svg[data-brush="${id}"]`) ?? document.createElement('div')
  await expect.poll(() => layer('one').tagName).toBe('svg')
  const overlayWidth = (): number | undefined => page.querySelector<HTMLCanvasElement>('canvas[data-segments="one"]')?.width
  /** Whether the overlay of a view is red at a point of the canvas. */
  const isRed = (id: string, [x, y]: CanvasPoint): boolean => {
    const canvas = page.querySelector<HTMLCanvasElement>(`canvas[data-segments="${id}"]`)
    const [r = 0, , , alpha = 0] = canvas?.getContext('2d')?.getImageData(Math.floor(x * devicePixelRatio), Math.floor(y * devicePixelRatio), 1, 1).data ?? []
    return r > 200 && alpha > 200
  }
  const canvasAt = (index: Vec3, id = 'one'): CanvasPoint => engine.toCanvas(id, gridPoint(grid, index)) ?? [0, 0]
  const send = (id: string, type: string, [x, y]: CanvasPoint): void => {
    const box = layer(id).getBoundingClientRect()
    layer(id).dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, clientX: box.left + x, clientY: box.top + y }))
  }
  return { engine, labels, shown, patches, keys, layer, isRed, overlayWidth, canvasAt, send, at: (i: number, j: number, k = shown) => labels[i + 100 * (j + 80 * k)], paint: (id: string, points: readonly CanvasPoint[]) => stroke(layer(id), points) }
}
const counts = (labels: Uint8Array): number[] => Array.from({ length: 20 }, (_, slice) => labels.subarray(slice * 8000, (slice + 1) * 8000).reduce((sum, label) => sum + label, 0))

describe('the brush', () => {
  it('paints what its circle covers on the slice, seen while it moves, and hands over the whole way as one stroke', async () => {
    const screen = await open('disc', 'stack', 'brush')
    const [from, to] = [screen.canvasAt([30, 40, 0]), screen.canvasAt([60, 40, 0])]
    ;(screen.layer('one') as SVGElement).setPointerCapture = () => undefined
    screen.send('one', 'pointerdown', from)
    screen.send('one', 'pointermove', to)
    await expect.poll(() => screen.isRed('one', screen.canvasAt([45, 40, 0]))).toBe(true)
    expect(screen.patches).toHaveLength(0)
    screen.send('one', 'pointerup', to)
    await expect.poll(() => screen.patches.length).toBe(1)
    // 6 mm: 10 columns of 0.6 mm and 6.67 rows of 0.9 mm around the way.
    const seen = [[30, 40], [60, 40], [45, 46], [45, 34], [21, 40], [69, 40], [45, 47], [45, 33], [19, 40], [71, 40]].map(([i = 0, j = 0]) => screen.at(i, j))
    expect(seen).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0])
    const found = counts(screen.labels)
    expect(found.map((count, slice) => (count > 0 ? slice : -1)).filter((slice) => slice >= 0)).toEqual([screen.shown])
    // The area of a disc of 6 mm swept over 18 mm, in pixels of 0.54 mm2.
    expect(Math.abs((found[screen.shown] ?? 0) * 0.54 / (Math.PI * 36 + 18 * 12) - 1)).toBeLessThan(0.02)
    expect([screen.isRed('one', screen.canvasAt([45, 45, 0])), screen.isRed('one', screen.canvasAt([45, 48, 0]))]).toEqual([true, false])
  })
  it('holds no picture where a slice has nothing of it, and has it again where it has', async () => {
    const screen = await open('slices', 'stack', 'brush')
    expect(screen.overlayWidth()).toBe(0)
    screen.paint('one', [screen.canvasAt([50, 40, 0])])
    await expect.poll(() => screen.isRed('one', screen.canvasAt([50, 40, 0]))).toBe(true)
    screen.engine.setSlice('one', screen.shown + 3)
    await expect.poll(screen.overlayWidth).toBe(0)
    screen.engine.setSlice('one', screen.shown)
    await expect.poll(() => screen.isRed('one', screen.canvasAt([50, 40, 0]))).toBe(true)
  })
  it('erases, and only what is there', async () => {
    const screen = await open('eraser', 'stack', 'brush')
    screen.paint('one', [screen.canvasAt([50, 40, 0])])
    await expect.poll(() => screen.patches.length).toBe(1)
    useViewerStore.setState({ tool: 'eraser', radius: 2 })
    await expect.poll(() => screen.layer('one').getAttribute('aria-label')).toBe('Eraser')
    screen.paint('one', [screen.canvasAt([50, 40, 0])])
    await expect.poll(() => screen.patches.length).toBe(2)
    expect([screen.at(50, 40), screen.at(50, 44), screen.isRed('one', screen.canvasAt([50, 44, 0]))]).toEqual([0, 1, true])
    await expect.poll(() => screen.isRed('one', screen.canvasAt([50, 40, 0]))).toBe(false)
    screen.paint('one', [screen.canvasAt([10, 10, 0])])
    expect(screen.patches).toHaveLength(2)
  })
  it('is a ball through the slices where that is chosen, and on a reformatted plane; each view shows it', async () => {
    const screen = await open('ball', 'mpr', 'brush')
    await drawn(screen.engine, undefined, 'coronal')
    await expect.poll(() => screen.layer('coronal').tagName).toBe('svg')
    const slice = Math.round((screen.engine.plane('coronal')?.point[1] ?? 0) / 0.9)
    useViewerStore.setState({ radius: 5 })
    await expect.poll(() => screen.layer('coronal').tagName).toBe('svg')
    screen.paint('coronal', [screen.canvasAt([50, slice, 10], 'coronal')])
    await expect.poll(() => screen.patches.length).toBe(1)
    const found = counts(screen.labels)
    // 5 mm: two slices of 2 mm either way.
    expect(found.map((count, index) => (count > 0 ? index : -1)).filter((index) => index >= 0)).toEqual([8, 9, 10, 11, 12])
    expect(Math.abs((found.reduce((sum, count) => sum + count, 0) * 0.54 * 2) / ((4 / 3) * Math.PI * 125) - 1)).toBeLessThan(0.1)
    await expect.poll(() => screen.isRed('coronal', screen.canvasAt([50, slice, 11], 'coronal'))).toBe(true)
    expect(screen.isRed('coronal', screen.canvasAt([50, slice, 15], 'coronal'))).toBe(false)
  })
  it('lets nothing be undone beneath a stroke, and changes its size by key', async () => {
    const screen = await open('keys', 'stack', 'brush')
    ;(screen.layer('one') as SVGElement).setPointerCapture = () => undefined
    const undoKey = () => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true }))
    screen.send('one', 'pointerdown', screen.canvasAt([50, 40, 0]))
    undoKey()
    expect(screen.keys).toEqual([])
    screen.send('one', 'pointerup', screen.canvasAt([50, 40, 0]))
    undoKey()
    expect(screen.keys).toEqual(['undo'])
    for (const key of [']', ']', '[']) window.dispatchEvent(new KeyboardEvent('keydown', { key }))
    expect(useViewerStore.getState().radius).toBe(8)
  })
})
