import { afterEach, describe, expect, it } from 'vitest'
import { linearGray } from '../../domain/display/window.ts'
import { distanceMm, toImage, toWorld } from '../../domain/geometry/plane.ts'
import type { CanvasPoint, WorldPoint } from '../../domain/geometry/points.ts'
import { jpeg2000Claiming, jpegLsClaiming } from '../../testing/codestreams.ts'
import { centroid, drawn, grey, greyAt, showGenerated, until } from '../../testing/engineView.ts'
import type { GeneratedSeries } from '../../testing/engineSeries.ts'
import type { Engine, View } from '../port.ts'
import { decodeLimitMs } from './decodeWorker.ts'
import { superviseDecoding } from './setup.ts'

const open: (() => void)[] = []
afterEach(() => { for (const close of open.splice(0)) close() })
const show = (options: GeneratedSeries, view: View = 'stack', size = 256) => {
  const shown = showGenerated(options, { one: view }, size)
  open.push(shown.close)
  return { ...shown, element: shown.elements.one }
}
const nowhere: WorldPoint = [NaN, NaN, NaN]
/** Four quarters of -160, 40, 240 and 140 HU. */
const quarters = (column: number, row: number): number => (row < 32 ? (column < 32 ? -160 : 40) : column < 32 ? 240 : 140)

describe('a stack', () => {
  it('shows HU through the window to the grey of PS3.3 C.11.2.1.2.1', async () => {
    const { engine, element, series } = show({ name: 'grey', hu: quarters })
    const now = await drawn(engine)
    expect(now).toMatchObject({ view: 'stack', slice: 4, slices: 8, window: { width: 400, centre: 40 } })
    const at = (column: number, row: number) => greyAt(engine, element, series, 4, column, row)
    expect(at(16, 16)).toBe(0)
    expect(Math.abs(at(48, 16) - 128)).toBeLessThanOrEqual(1)
    expect(at(16, 48)).toBe(255)
    expect(Math.abs(at(48, 48) - 191)).toBeLessThanOrEqual(1)
  })

  it('calls the values of a CT HU unless the image says that they are something else', async () => {
    const { engine, series } = show({ name: 'units', hu: quarters })
    await drawn(engine)
    const unitOf = async (type?: string) => {
      const said = { ...series, frames: series.frames.map((frame) => ({ ...frame, rescale: { ...frame.rescale, ...(type ? { type } : {}) } })) }
      const [frame] = said.frames
      return frame && (await engine.pixels(said, { kind: 'image', frame: frame.ref, points: [[1.5, 1.5], [2.5, 2.5]] }))?.unit
    }
    expect([await unitOf(), await unitOf('HU'), await unitOf('US'), await unitOf('MGML')]).toEqual(["[hnsf'U]", "[hnsf'U]", '1', '1'])
  })

  it('scrolls one slice at a time, stops at both ends, and says waiting until the picture is the slice', async () => {
    const { engine, element, series } = show({ name: 'scroll', hu: (_, __, slice) => -160 + slice * 50 })
    await drawn(engine)
    const seen = async (slice: number) => {
      engine.setSlice('one', slice)
      const now = await drawn(engine)
      return [now.slice, greyAt(engine, element, series, now.slice, 20, 20)]
    }
    const greyOf = (slice: number) => linearGray(-160 + slice * 50, { width: 400, centre: 40 })
    for (const slice of [5, 4, 0, 7]) expect(await seen(slice)).toEqual([slice, greyOf(slice)])
    expect(await seen(8)).toEqual([7, greyOf(7)])
    expect(await seen(-1)).toEqual([0, greyOf(0)])
    engine.setSlice('one', 3)
    expect(engine.snapshot('one')).toMatchObject({ slice: 3, waiting: true })
  })

  it('ends a burst of slices over a slow archive on the last one, and never calls another picture it', async () => {
    const held = new Map<number, () => void>()
    const { engine, element, series } = show({ name: 'burst', slices: 12, hu: (_, __, slice) => -160 + slice * 30, answer: (slice) => new Promise((resolve) => { held.set(slice, () => resolve(undefined as unknown as Response)) }) })
    const release = async (slice: number) => {
      while (!held.has(slice)) await new Promise(requestAnimationFrame)
      held.get(slice)?.()
    }
    await release(6)
    await drawn(engine, 6)
    const wrong: unknown[] = []
    engine.subscribe('one', () => {
      const now = engine.snapshot('one')
      if (now && !now.waiting && greyAt(engine, element, series, now.slice, 9, 9) !== linearGray(-160 + now.slice * 30, { width: 400, centre: 40 })) wrong.push(now.slice)
    })
    for (const slice of [1, 9, 2, 11]) engine.setSlice('one', slice)
    for (const slice of [11, 9, 1, 2]) await release(slice)
    await drawn(engine, 11)
    expect(greyAt(engine, element, series, 11, 9, 9)).toBe(linearGray(-160 + 330, { width: 400, centre: 40 }))
    expect(wrong).toEqual([])
  })

  it('changes the window and keeps it over slices', async () => {
    const { engine, element, series } = show({ name: 'window', hu: quarters })
    await drawn(engine)
    engine.setWindow('one', { width: 1500, centre: -500 })
    engine.setSlice('one', 5)
    const now = await drawn(engine, 5)
    expect(now.window?.width).toBeCloseTo(1500, 6)
    expect(now.window?.centre).toBeCloseTo(-500, 6)
    for (const [column, row] of [[16, 16], [48, 16], [16, 48], [48, 48]] as const) {
      expect(Math.abs(greyAt(engine, element, series, 5, column, row) - linearGray(quarters(column, row), { width: 1500, centre: -500 }))).toBeLessThanOrEqual(1)
    }
  })

  it('zooms about the pointer and pans with it', async () => {
    const { engine, element } = show({ name: 'zoom', hu: quarters })
    await drawn(engine)
    const about: CanvasPoint = [70, 190]
    const before = engine.toWorld('one', about)
    const other = engine.toCanvas('one', [0, 0, 108]) ?? [0, 0]
    engine.zoom('one', 3, about)
    const after = engine.toWorld('one', about)
    for (const axis of [0, 1, 2] as const) expect(after?.[axis]).toBeCloseTo(before?.[axis] ?? NaN, 6)
    const moved = engine.toCanvas('one', [0, 0, 108]) ?? [0, 0]
    expect(moved[0] - about[0]).toBeCloseTo(3 * (other[0] - about[0]), 6)
    expect(moved[1] - about[1]).toBeCloseTo(3 * (other[1] - about[1]), 6)
    engine.pan('one', [100, 100], [130, 80])
    const panned = engine.toCanvas('one', [0, 0, 108]) ?? [0, 0]
    expect(panned[0] - moved[0]).toBeCloseTo(30, 6)
    expect(panned[1] - moved[1]).toBeCloseTo(-20, 6)
    engine.fit('one')
    const fitted = engine.toCanvas('one', [0, 0, 108]) ?? [0, 0]
    expect(fitted[0]).toBeCloseTo(other[0], 6)
    expect(grey(element, [1, 1])).toBeLessThanOrEqual(255)
  })

  it('gives image points to a hundredth of a pixel where pixels are not square', async () => {
    const { engine, series } = show({ name: 'places', rows: 512, columns: 512, slices: 1, pixelSpacing: [0.9, 0.6] }, 'stack', 600)
    await drawn(engine)
    const plane = series.frames[0]?.plane
    if (!plane) throw new Error('no plane')
    const ends = ([[100, 200], [180, 260]] as const).map(([column, row]) => {
      const canvas = engine.toCanvas('one', toWorld(plane, [column + 0.5, row + 0.5]))
      return engine.toWorld('one', canvas ?? [NaN, NaN]) ?? nowhere
    })
    const images = ends.map((world) => toImage(plane, world))
    for (const [index, expected] of [[100.5, 200.5], [180.5, 260.5]].entries()) for (const axis of [0, 1] as const) expect(Math.abs((images[index]?.[axis] ?? NaN) - (expected[axis] ?? NaN))).toBeLessThan(0.01)
    expect(distanceMm(ends[0] ?? nowhere, ends[1] ?? nowhere)).toBeCloseTo(72.25, 2)
  })

  it('draws a pixel where it says the pixel is', async () => {
    const { engine, element, series } = show({ name: 'one-pixel', slices: 1, pixelSpacing: [2, 1], window: { width: 400, centre: 200 }, hu: (column, row) => (column === 40 && row === 21 ? 400 : 0) }, 'stack', 512)
    await drawn(engine)
    const plane = series.frames[0]?.plane
    const [x, y] = plane ? engine.toCanvas('one', toWorld(plane, [40.5, 21.5])) ?? [NaN, NaN] : [NaN, NaN]
    const light = centroid(element)
    expect(light[0]).toBeCloseTo(x, 1)
    expect(light[1]).toBeCloseTo(y, 1)
  })
})

describe('a frame that cannot be shown', () => {
  const failed = (engine: Engine) => until(engine, (now) => now.failure !== undefined)
  it.each([[401, 'signedOut'], [404, 'notFound'], [502, 'network']] as const)('says for an answer of %i: %s; retry shows it', async (status, kind) => {
    let broken = true
    const { engine, element, series } = show({ name: `status-${status}`, slices: 1, hu: () => 40, answer: () => (broken ? new Response('', { status }) : undefined) })
    expect((await failed(engine)).failure?.kind).toBe(kind)
    broken = false
    engine.retry('one')
    await drawn(engine)
    expect(greyAt(engine, element, series, 0, 30, 30)).toBe(128)
  })
  it('says network where the hub cannot be reached', async () => {
    const { engine } = show({ name: 'offline', slices: 1, answer: () => Promise.reject(new TypeError('failed')) })
    expect((await failed(engine)).failure?.kind).toBe('network')
  })
  it('says undecodable for too few bytes', async () => {
    const { engine } = show({ name: 'short', slices: 1, answer: () => new Response(new Uint8Array(100), { headers: { 'content-type': 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1' } }) })
    expect((await failed(engine)).failure?.kind).toBe('undecodable')
  })
  it.each([
    ['HTJ2K', jpeg2000Claiming(30000, 30000), '1.2.840.10008.1.2.4.201'], ['JPEG 2000', jpeg2000Claiming(30000, 30000), '1.2.840.10008.1.2.4.90'], ['JPEG-LS', jpegLsClaiming(30000, 30000), '1.2.840.10008.1.2.4.80'],
  ])('refuses %s claiming 30000 x 30000 within five seconds; the other slices are shown', async (name, bytes, syntax) => {
    const started = performance.now()
    const { engine, element, series } = show({ name: `bomb-${name}`, slices: 3, hu: () => 40, answer: (slice) => (slice === 1 ? new Response(bytes, { headers: { 'content-type': `application/octet-stream; transfer-syntax=${syntax}` } }) : undefined) })
    expect((await failed(engine)).failure?.kind).toBe('tooLarge')
    expect(performance.now() - started).toBeLessThan(5000)
    engine.setSlice('one', 2)
    await drawn(engine, 2)
    expect(greyAt(engine, element, series, 2, 30, 30)).toBe(128)
  })
  it('ends a decoder that hangs, and the next picture is right', async () => {
    let made = 0
    // Made first, so that Cornerstone has started.
    await drawn(show({ name: 'before-hang', slices: 1 }).engine)
    superviseDecoding(2000, (spawn) => () => (made++ === 0 ? new Worker(new URL('../../testing/hang.worker.ts', import.meta.url), { type: 'module' }) : spawn()))
    open.push(() => superviseDecoding(decodeLimitMs))
    const { engine, element, series } = show({ name: 'hang', slices: 1, hu: () => 40 })
    expect((await failed(engine)).failure?.kind).toBe('timeLimit')
    engine.retry('one')
    await drawn(engine)
    expect(greyAt(engine, element, series, 0, 30, 30)).toBe(128)
    expect(made).toBe(2)
  })
})
