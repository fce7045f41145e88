import { createWadoClient } from '../dicom/web/wadoClient.ts'
import { toWorld } from '../domain/geometry/plane.ts'
import type { CanvasPoint } from '../domain/geometry/points.ts'
import { createEngine } from '../engine/cornerstone/createEngine.ts'
import type { Engine, EngineSeries, View, ViewportSnapshot } from '../engine/port.ts'
import { generatedSeries, type GeneratedSeries } from './engineSeries.ts'

/** The real engine with views of a generated series on the page, square, `size` CSS pixels each. */
export const showGenerated = <Id extends string>(options: GeneratedSeries, views: Readonly<Record<Id, View>>, size = 256) => {
  const { series, fetch } = generatedSeries(options)
  const engine = createEngine({ wado: createWadoClient({ fetch }) })
  const elements = {} as Record<Id, HTMLElement>
  for (const id of Object.keys(views) as Id[]) {
    const element = document.createElement('div')
    element.style.cssText = `width:${size}px;height:${size}px`
    document.body.append(element)
    elements[id] = element
    engine.show(id, element, series, views[id])
  }
  const close = (): void => {
    engine.dispose()
    for (const id of Object.keys(elements) as Id[]) elements[id].remove()
  }
  return { engine, elements, series, close }
}

/** The first snapshot of a viewport that is as wanted. */
export const until = (engine: Engine, wanted: (now: ViewportSnapshot) => boolean, id = 'one'): Promise<ViewportSnapshot> => new Promise((resolve) => {
  const look = (): void => {
    const now = engine.snapshot(id)
    if (!now || !wanted(now)) return
    stop()
    resolve(now)
  }
  const stop = engine.subscribe(id, look)
  look()
})
export const drawn = (engine: Engine, slice?: number, id = 'one'): Promise<ViewportSnapshot> => until(engine, (now) => !now.waiting && !now.failure && (slice === undefined || now.slice === slice), id)

/** Grey on the screen at a point of the canvas. */
export const grey = (element: HTMLElement, [x, y]: CanvasPoint): number => {
  const canvas = element.querySelector('canvas')
  const pixel = canvas?.getContext('2d')?.getImageData(Math.floor(x * devicePixelRatio), Math.floor(y * devicePixelRatio), 1, 1).data
  if (!pixel) throw new Error('nothing is drawn')
  return pixel[0] ?? -1
}

/** Grey at the centre of a pixel of a frame in viewport "one", columns and rows from 0. */
export const greyAt = (engine: Engine, element: HTMLElement, series: EngineSeries, slice: number, column: number, row: number): number => {
  const plane = series.frames[slice]?.plane
  const point = plane && engine.toCanvas('one', toWorld(plane, [column + 0.5, row + 0.5]))
  if (!point) throw new Error('no such place')
  return grey(element, point)
}

/** Where the light of a picture lies, CSS pixels of its canvas; the background is black. */
export const centroid = (element: HTMLElement): CanvasPoint => {
  const canvas = element.querySelector('canvas')
  const picture = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
  let [sum, sumX, sumY] = [0, 0, 0]
  for (let row = 0; picture && row < picture.height; row++) {
    for (let column = 0; column < picture.width; column++) {
      const value = picture.data[4 * (row * picture.width + column)] ?? 0
      sum += value
      sumX += value * (column + 0.5)
      sumY += value * (row + 0.5)
    }
  }
  return [sumX / sum / devicePixelRatio, sumY / sum / devicePixelRatio]
}
