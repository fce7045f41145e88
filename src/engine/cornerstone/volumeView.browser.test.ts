import { afterEach, describe, expect, it } from 'vitest'
import type { CanvasPoint, WorldPoint } from '../../domain/geometry/points.ts'
import { centroid, drawn, grey, showGenerated, until } from '../../testing/engineView.ts'
import type { GeneratedSeries } from '../../testing/engineSeries.ts'
import type { View } from '../port.ts'

let close = (): void => undefined
afterEach(() => close())
const size = 192
const cube = { rows: 48, columns: 48, slices: 48, pixelSpacing: [1, 1], sliceSpacingMm: 1 } as const
/** Centre of a voxel, and of the cube: column, row and slice run to the left, back and head of the patient. */
const voxel = (column: number, row: number, slice: number): WorldPoint => [-20 + column, -30 + row, 100 + slice]
const centre = voxel(23.5, 23.5, 23.5)
/** A ball in air, denser towards its middle so that light finds a surface, to the right, the front and the head of the patient. */
const ball = [12, 8, 34] as const
const awayFromBall = (column: number, row: number, slice: number): number => Math.hypot(column - ball[0], row - ball[1], slice - ball[2])
const inBall = (column: number, row: number, slice: number): boolean => awayFromBall(column, row, slice) < 5
const oneBall = { ...cube, hu: (column: number, row: number, slice: number) => Math.max(-1000, Math.round(1500 - 250 * awayFromBall(column, row, slice))) }

const show = <Id extends string>(options: GeneratedSeries, views: Readonly<Record<Id, View>>) => {
  const shown = showGenerated(options, views, size)
  close = shown.close
  return shown
}
const next = (element: HTMLElement) => new Promise((resolve) => element.addEventListener('CORNERSTONE_IMAGE_RENDERED', resolve, { once: true }))
const near = (seen: CanvasPoint, [x, y]: CanvasPoint, within = 2.5): void => expect(Math.hypot(seen[0] - x, seen[1] - y), `${seen.join()} is not ${x},${y}`).toBeLessThan(within)

const showBall = async (name: string) => {
  const { engine, elements } = show({ ...oneBall, name }, { one: 'volume' })
  await drawn(engine)
  const [at, above] = [engine.toCanvas('one', centre) ?? [0, 0], engine.toCanvas('one', [centre[0], centre[1], centre[2] + 10]) ?? [0, 0]]
  const perMm = (at[1] - above[1]) / 10
  /** Where something lies that is so many mm right of and above the centre. */
  const place = (right: number, up: number): CanvasPoint => [size / 2 + right * perMm, size / 2 - up * perMm]
  const turnedBy = async (dx: number, dy: number) => {
    engine.rotate('one', [90, 90], [90 + dx, 90 + dy])
    await next(elements.one)
  }
  return { engine, element: elements.one, perMm, place, turnedBy }
}

describe('a volume in space', () => {
  it('shows a ball where it projects, seen from the front with the head on top, and nothing elsewhere', async () => {
    const { engine, element, perMm, place } = await showBall('ball-front')
    expect(perMm).toBeGreaterThan(1.5)
    expect(engine.snapshot('one')).toMatchObject({ view: 'volume', slice: 0, slices: 1, waiting: false, volume: { preset: 'bone', presets: ['bone', 'vessels', 'lung', 'mip'], right: [1, 0, 0] } })
    near(centroid(element), place(-11.5, 10.5))
    near(engine.toCanvas('one', voxel(...ball)) ?? [0, 0], place(-11.5, 10.5), 0.01)
    expect(grey(element, place(-11.5, 10.5))).toBeGreaterThan(240)
    for (const [right, up] of [[11.5, 10.5], [-11.5, -10.5], [0, 0], [-11.5, 20]] as const) expect(grey(element, place(right, up))).toBe(0)
  })

  it('turns with the pointer: half the side to the right brings the front to the right, half down brings the head', async () => {
    const { engine, element, place, turnedBy } = await showBall('ball-turned')
    await turnedBy(size / 2, 0)
    near(centroid(element), place(15.5, 10.5), 3)
    // As bright as from the front: the lamp goes with the eye.
    expect(grey(element, place(15.5, 10.5))).toBeGreaterThan(240)
    expect(grey(element, place(-11.5, 10.5))).toBe(0)
    const facing = engine.snapshot('one')?.volume
    for (const [axis, value] of [0, -1, 0].entries()) expect(facing?.right[axis]).toBeCloseTo(value, 6)
    await turnedBy(-size / 2, 0)
    near(centroid(element), place(-11.5, 10.5), 3)
    await turnedBy(0, size / 2)
    near(centroid(element), place(-11.5, -15.5), 3)
  })

  it('pans and zooms with the pointer, and fit brings the front back', async () => {
    const { engine, element, place, turnedBy } = await showBall('ball-moved')
    const [x, y] = place(-11.5, 10.5)
    engine.pan('one', [50, 50], [70, 85])
    await next(element)
    near(centroid(element), [x + 20, y + 35], 3)
    engine.zoom('one', 0.5, [x + 20, y + 35])
    await next(element)
    near(centroid(element), [x + 20, y + 35], 3)
    near(engine.toCanvas('one', centre) ?? [0, 0], [x + 20 + (size / 2 - x) / 2, y + 35 + (size / 2 - y) / 2], 0.01)
    await turnedBy(40, 30)
    engine.fit('one')
    await next(element)
    near(engine.toCanvas('one', voxel(...ball)) ?? [0, 0], [x, y], 0.01)
    near(centroid(element), [x, y], 3)
  })

  it('shows by the look chosen: bone hides what soft tissue shows, the brightest of a ray takes the window', async () => {
    const { engine, elements } = show({ ...oneBall, name: 'looks', hu: (column, row, slice) => (inBall(column, row, slice) ? 1000 : inBall(column - 24, row, slice) ? 120 : -1000) }, { one: 'volume' })
    await drawn(engine)
    const at = (column: number) => grey(elements.one, engine.toCanvas('one', voxel(column, ball[1], ball[2])) ?? [0, 0])
    const soft = 36
    expect([at(12) > 100, at(soft)]).toEqual([true, 0])
    engine.setPreset('one', 'vessels')
    await next(elements.one)
    expect(Math.min(at(12), at(soft))).toBeGreaterThan(20)
    engine.setPreset('one', 'mip')
    await next(elements.one)
    expect(engine.snapshot('one')?.window).toEqual({ width: 1600, centre: 500 })
    expect(Math.abs(at(12) - (1300 / 1600) * 255)).toBeLessThanOrEqual(6)
    expect(Math.abs(at(soft) - (420 / 1600) * 255)).toBeLessThanOrEqual(6)
    engine.setWindow('one', { width: 1760, centre: 120 })
    await next(elements.one)
    expect(Math.abs(at(soft) - 128)).toBeLessThanOrEqual(6)
    expect(Math.abs(at(12) - 255)).toBeLessThanOrEqual(2)
  })

  it('takes the volume the planes have: each frame is asked for once', async () => {
    const asked: number[] = []
    const { engine, elements } = show({ ...oneBall, name: 'shared', answer: (slice) => { asked.push(slice); return undefined } }, { axial: 'axial', coronal: 'coronal', one: 'volume' })
    await Promise.all(['axial', 'coronal', 'one'].map((id) => drawn(engine, undefined, id)))
    expect(asked.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 48 }, (_, slice) => slice))
    engine.goTo('coronal', voxel(...ball))
    await next(elements.coronal)
    expect(grey(elements.coronal, engine.toCanvas('coronal', voxel(...ball)) ?? [0, 0])).toBe(255)
    expect(grey(elements.one, engine.toCanvas('one', voxel(...ball)) ?? [0, 0])).toBeGreaterThan(100)
  })

  it('is not shown with a frame missing, and says why; retry shows it', async () => {
    let broken = true
    const { engine, elements } = show({ ...oneBall, name: 'space-hole', answer: (slice) => (broken && slice === 7 ? new Response('', { status: 404 }) : undefined) }, { one: 'volume' })
    expect((await until(engine, (now) => now.failure !== undefined)).failure?.kind).toBe('notFound')
    broken = false
    engine.retry('one')
    await drawn(engine)
    expect(grey(elements.one, engine.toCanvas('one', voxel(...ball)) ?? [0, 0])).toBeGreaterThan(100)
  })

  it('says nowhere for a point of its canvas, and has no plane and no slices', async () => {
    const { engine } = await showBall('ball-nowhere')
    expect(engine.toWorld('one', [90, 90])).toBeUndefined()
    expect(engine.plane('one')).toBeUndefined()
    engine.setSlice('one', 5)
    engine.goTo('one', voxel(1, 1, 1))
    expect(engine.snapshot('one')).toMatchObject({ slice: 0, slices: 1, waiting: false })
  })
})
