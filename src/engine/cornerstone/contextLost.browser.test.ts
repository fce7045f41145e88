import { getRenderingEngines } from '@cornerstonejs/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { CanvasPoint, WorldPoint } from '../../domain/geometry/points.ts'
import { linearGray } from '../../domain/display/window.ts'
import { drawn, grey, showGenerated, until } from '../../testing/engineView.ts'

let close = (): void => undefined
afterEach(() => close())
const views = { one: 'stack', coronal: 'coronal', space: 'volume' } as const
const ids = ['one', 'coronal', 'space'] as const
const hu = (column: number, row: number, slice: number): number => (Math.hypot(column - 12, row - 8, slice - 20) < 6 ? 900 : -150 + column * 2 + row * 3 + slice * 5)
const voxel = (column: number, row: number, slice: number): WorldPoint => [-20 + column, -30 + row, 100 + slice]
const painted = (element: HTMLElement) => new Promise((resolve) => element.addEventListener('CORNERSTONE_IMAGE_RENDERED', resolve, { once: true }))

const open = async (name: string) => {
  const asked: number[] = []
  const shown = showGenerated({ name, rows: 40, columns: 40, slices: 32, sliceSpacingMm: 1, hu, answer: (slice) => { asked.push(slice); return undefined } }, views, 160)
  close = shown.close
  await Promise.all(ids.map((id) => drawn(shown.engine, undefined, id)))
  return { ...shown, asked }
}
/** Takes the graphics card away from every view. */
const lose = (): void => {
  const [rendering] = getRenderingEngines() ?? []
  for (const id of ids) {
    const context = rendering?.getOffscreenMultiRenderWindow(id).getOpenGLRenderWindow().get3DContext() as WebGL2RenderingContext | undefined
    if (!context?.isContextLost()) context?.getExtension('WEBGL_lose_context')?.loseContext()
  }
}
/** Brightness in small squares all over a picture. */
const fingerprint = (element: HTMLElement): number[] => {
  const canvas = element.querySelector('canvas')
  const { data = new Uint8ClampedArray(), width = 0 } = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {}
  const cell = 16
  const sums = Array.from({ length: 100 }, () => 0)
  for (let y = 0; y < 10 * cell; y++) for (let x = 0; x < 10 * cell; x++) sums[Math.floor(y / cell) * 10 + Math.floor(x / cell)]! += (data[4 * (y * width + x)] ?? 0) / cell ** 2
  return sums
}

describe('a graphics card that is lost', () => {
  it('is said in every view, also of a slice asked for meanwhile, and drawing again brings slice, window, zoom, turn and pixels back', async () => {
    const { engine, elements, asked } = await open('lost')
    engine.setSlice('one', 9)
    engine.setWindow('one', { width: 500, centre: 60 })
    engine.zoom('one', 2, [40, 60])
    engine.setWindow('coronal', { width: 500, centre: 60 })
    engine.setSlice('coronal', 14)
    engine.pan('coronal', [10, 10], [25, 4])
    engine.rotate('space', [10, 10], [50, 30])
    await Promise.all([drawn(engine, 9), ...ids.map((id) => painted(elements[id]))])
    const points: WorldPoint[] = [voxel(10, 12, 9), voxel(30, 12, 9)]
    const placesOf = () => ids.map((id) => points.map((point) => engine.toCanvas(id, point)))
    const before = { places: placesOf(), pictures: ids.map((id) => fingerprint(elements[id])), frames: asked.length }

    lose()
    for (const id of ids) expect((await until(engine, (now) => now.failure !== undefined, id)).failure?.kind).toBe('contextLost')
    engine.setSlice('one', 10)
    expect(engine.snapshot('one')).toMatchObject({ slice: 10, waiting: true, failure: { kind: 'contextLost' } })
    engine.setSlice('one', 9)

    engine.retry('coronal')
    await Promise.all([drawn(engine, 9), drawn(engine, 14, 'coronal'), drawn(engine, undefined, 'space')])
    expect(engine.snapshot('one')?.window?.width).toBeCloseTo(500, 6)
    for (const [index, place] of placesOf().entries()) for (const [at, point] of place.entries()) {
      const was: CanvasPoint = before.places[index]?.[at] ?? [NaN, NaN]
      expect(Math.hypot((point?.[0] ?? NaN) - was[0], (point?.[1] ?? NaN) - was[1])).toBeLessThan(0.01)
    }
    for (const [index, id] of ids.entries()) {
      const now = fingerprint(elements[id])
      expect(Math.max(...now)).toBeGreaterThan(50)
      // Rays start at random depths, and a picture at rest is finer: a volume is compared loosely.
      for (const [cell, value] of now.entries()) expect(Math.abs(value - (before.pictures[index]?.[cell] ?? NaN))).toBeLessThan(id === 'space' ? 25 : 0.5)
    }
    expect(Math.abs(grey(elements.one, engine.toCanvas('one', voxel(10, 20, 9)) ?? [0, 0]) - linearGray(hu(10, 20, 9), { width: 500, centre: 60 }))).toBeLessThanOrEqual(1)
    expect(asked.length).toBe(before.frames)
  })

  it('can be lost and drawn again as often as a browser has contexts, without the views of before telling of a loss', async () => {
    const { engine, elements } = await open('lost-often')
    for (let round = 0; round < 4; round++) {
      lose()
      await until(engine, (now) => now.failure?.kind === 'contextLost', 'coronal')
      engine.retry('one')
      await Promise.all(ids.map((id) => drawn(engine, undefined, id)))
    }
    for (const id of ids) expect(engine.snapshot(id)?.failure).toBeUndefined()
    expect(Math.abs(grey(elements.one, engine.toCanvas('one', voxel(30, 12, 16)) ?? [0, 0]) - linearGray(hu(30, 12, 16), { width: 400, centre: 40 }))).toBeLessThanOrEqual(1)
  })
})

describe('a view that comes back to the page', () => {
  it('is where it was, and a new view takes the window chosen for its series', async () => {
    const { engine, elements, series } = await open('back')
    engine.setWindow('one', { width: 500, centre: 60 })
    engine.setSlice('coronal', 14)
    engine.zoom('coronal', 2, [40, 60])
    await Promise.all([painted(elements.one), painted(elements.coronal)])
    const place = engine.toCanvas('coronal', voxel(30, 25, 9)) ?? [NaN, NaN]
    engine.remove('coronal')
    engine.show('coronal', elements.coronal, series, 'coronal')
    const now = await drawn(engine, 14, 'coronal')
    expect(now.window?.width).toBeCloseTo(400, 6)
    expect(engine.toCanvas('coronal', voxel(30, 25, 9))?.[0]).toBeCloseTo(place[0], 3)
    expect(engine.toCanvas('coronal', voxel(30, 25, 9))?.[1]).toBeCloseTo(place[1], 3)
    engine.show('one', elements.one, series, 'sagittal')
    expect((await drawn(engine)).window?.width).toBeCloseTo(500, 6)
  })
})
