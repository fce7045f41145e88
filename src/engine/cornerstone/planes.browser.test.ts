import { afterEach, describe, expect, it } from 'vitest'
import { linearGray } from '../../domain/display/window.ts'
import { dot, subtract } from '../../domain/geometry/plane.ts'
import type { CanvasPoint, WorldPoint } from '../../domain/geometry/points.ts'
import { centroid, drawn, grey, showGenerated, until } from '../../testing/engineView.ts'
import type { GeneratedSeries } from '../../testing/engineSeries.ts'

const views = { one: 'stack', axial: 'axial', coronal: 'coronal', sagittal: 'sagittal' } as const
const planes = ['axial', 'coronal', 'sagittal'] as const
const geometry = { rows: 48, columns: 64, slices: 20, pixelSpacing: [0.9, 0.6], sliceSpacingMm: 2 } as const
/** Centre of a voxel of that geometry in the patient. */
const voxel = (column: number, row: number, slice: number): WorldPoint => [-20 + column * 0.6, -30 + row * 0.9, 100 + slice * 2]

let close = (): void => undefined
afterEach(() => close())
const show = async (options: GeneratedSeries) => {
  const shown = showGenerated({ ...geometry, ...options }, views)
  close = shown.close
  await Promise.all(['one', ...planes].map((id) => drawn(shown.engine, undefined, id)))
  return shown
}
type Shown = Awaited<ReturnType<typeof show>>
/** The next time a view is on the canvas as it is asked for now. */
const painted = (element: HTMLElement) => new Promise((resolve) => element.addEventListener('CORNERSTONE_IMAGE_RENDERED', resolve, { once: true }))
const goTo = async ({ engine, elements }: Shown, point: WorldPoint) => {
  const all = planes.map((id) => painted(elements[id]))
  for (const id of Object.keys(views)) engine.goTo(id, point)
  await Promise.all([...all, drawn(engine)])
}

describe('three planes', () => {
  it('show the voxels of the plane they are at, in all three directions', async () => {
    const shown = await show({ name: 'three', hu: (column, row, slice) => -150 + column * 2 + row * 3 + slice * 5 })
    const [column, row, slice] = [40, 21, 6]
    await goTo(shown, voxel(column, row, slice))
    for (const id of planes) {
      for (const [dc, dr, ds] of [[0, 0, 0], [10, 12, 8], [-20, -9, 3]] as const) {
        const at = [id === 'sagittal' ? column : column + dc, id === 'coronal' ? row : row + dr, id === 'axial' ? slice : slice + ds] as const
        const canvas = shown.engine.toCanvas(id, voxel(...at))
        const expected = linearGray(-150 + at[0] * 2 + at[1] * 3 + at[2] * 5, { width: 400, centre: 40 })
        expect(Math.abs(grey(shown.elements[id], canvas ?? [0, 0]) - expected)).toBeLessThanOrEqual(4)
      }
    }
  })

  it('draw a voxel where they say it is', async () => {
    const shown = await show({ name: 'bright', window: { width: 400, centre: 200 }, hu: (column, row, slice) => (column === 40 && row === 21 && slice === 6 ? 400 : 0) })
    await goTo(shown, voxel(40, 21, 6))
    for (const id of planes) {
      const [x, y] = shown.engine.toCanvas(id, voxel(40, 21, 6)) ?? [NaN, NaN]
      const light = centroid(shown.elements[id])
      expect(Math.abs(light[0] - x)).toBeLessThan(0.15)
      expect(Math.abs(light[1] - y)).toBeLessThan(0.15)
    }
  })

  it('give world points on their plane, to the canvas and back within 0.01 mm', async () => {
    const shown = await show({ name: 'back', hu: () => 0 })
    await goTo(shown, voxel(40, 21, 6))
    for (const id of planes) {
      const plane = shown.engine.plane(id)
      for (const clicked of [[60, 70], [199, 31], [128.5, 200.25]] satisfies CanvasPoint[]) {
        const world = shown.engine.toWorld(id, clicked) ?? [NaN, NaN, NaN]
        const back = shown.engine.toCanvas(id, world) ?? [NaN, NaN]
        expect(Math.abs(dot(subtract(world, plane?.point ?? world), plane?.normal ?? world))).toBeLessThan(0.001)
        expect(Math.hypot(back[0] - clicked[0], back[1] - clicked[1])).toBeLessThan(0.001)
      }
    }
    expect(shown.engine.plane('coronal')?.point[1]).toBeCloseTo(voxel(40, 21, 6)[1], 3)
    expect(shown.engine.plane('sagittal')?.point[0]).toBeCloseTo(voxel(40, 21, 6)[0], 3)
    expect(shown.engine.plane('axial')?.point[2]).toBeCloseTo(voxel(40, 21, 6)[2], 3)
  })

  it('go to the slice of a point, the stack too, and stop at the ends', async () => {
    const { engine } = await show({ name: 'jump' })
    for (const id of Object.keys(views)) engine.goTo(id, voxel(10.3, 30.4, 15.2))
    expect(engine.snapshot('one')?.slice).toBe(15)
    expect(engine.plane('axial')?.point[2]).toBeCloseTo(voxel(0, 0, 15)[2], 3)
    expect(engine.plane('coronal')?.point[1]).toBeCloseTo(voxel(0, 30, 0)[1], 3)
    expect(engine.plane('sagittal')?.point[0]).toBeCloseTo(voxel(10, 0, 0)[0], 3)
    const coronal = engine.snapshot('coronal')
    expect(coronal?.slices).toBe(48)
    engine.setSlice('coronal', (coronal?.slice ?? 0) + 1)
    expect(Math.abs((engine.plane('coronal')?.point[1] ?? NaN) - voxel(0, 30, 0)[1])).toBeCloseTo(0.9, 3)
    engine.setSlice('coronal', 1000)
    expect(engine.snapshot('coronal')?.slice).toBe(47)
    engine.setSlice('coronal', -5)
    expect(engine.snapshot('coronal')?.slice).toBe(0)
  })

  it('pan only where the point would lie outside', async () => {
    const { engine } = await show({ name: 'reveal' })
    const before = engine.toCanvas('coronal', voxel(5, 20, 5))
    engine.goTo('coronal', voxel(60, 20, 15))
    expect(engine.toCanvas('coronal', voxel(5, 20, 5))?.[0]).toBeCloseTo(before?.[0] ?? NaN, 6)
    engine.zoom('coronal', 6, before ?? [0, 0])
    engine.goTo('coronal', voxel(60, 20, 15))
    const [x, y] = engine.toCanvas('coronal', voxel(60, 20, 15)) ?? [NaN, NaN]
    expect(x).toBeCloseTo(128, 3)
    expect(y).toBeCloseTo(128, 3)
  })

  it('are not shown with a frame missing, and say why; retry shows them', async () => {
    let broken = true
    const shown = showGenerated({ ...geometry, name: 'hole', hu: () => 40, answer: (slice) => (broken && slice === 3 ? new Response('', { status: 404 }) : undefined) }, { coronal: 'coronal', sagittal: 'sagittal' })
    close = shown.close
    const failed = (id: string) => until(shown.engine, (now) => now.failure !== undefined, id)
    expect((await failed('coronal')).failure?.kind).toBe('notFound')
    expect((await failed('sagittal')).failure?.kind).toBe('notFound')
    broken = false
    shown.engine.retry('coronal')
    for (const id of ['coronal', 'sagittal'] as const) {
      await drawn(shown.engine, undefined, id)
      const canvas = shown.engine.toCanvas(id, shown.engine.plane(id)?.point ?? [0, 0, 0])
      expect(grey(shown.elements[id], canvas ?? [0, 0])).toBe(128)
    }
  })
})
