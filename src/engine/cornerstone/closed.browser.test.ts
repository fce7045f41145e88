import { cache } from '@cornerstonejs/core'
import { afterEach, expect, it } from 'vitest'
import { generatedSeries } from '../../testing/engineSeries.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import { imageIdOf, knownImage } from './metadata.ts'
import { volumeIdOf } from './shown.ts'

let close = (): void => undefined
afterEach(() => close())

it('a study that no view shows any more is let go of, another series of one that is shown is not', async () => {
  const { engine, elements, series, close: end } = showGenerated({ name: 'left', slices: 4 }, { one: 'stack', axial: 'axial' }, 128)
  close = end
  await Promise.all([drawn(engine), drawn(engine, undefined, 'axial')])
  const first = series.frames.map((_, index) => imageIdOf(series, index))
  const held = (ids: readonly string[]) => ids.filter((id) => knownImage(id) || cache.getImageLoadObject(id)).length
  const sister = { ...series, seriesInstanceUid: `${series.seriesInstanceUid}.9`, frames: generatedSeries({ name: 'left-sister', slices: 4 }).series.frames.map((frame) => ({ ...frame, ref: { ...frame.ref, studyInstanceUid: series.studyInstanceUid } })) }
  engine.show('one', elements.one, sister, 'stack')
  engine.show('axial', elements.axial, sister, 'axial')
  await Promise.all([drawn(engine), drawn(engine, undefined, 'axial')])
  expect(held(first)).toBe(4)
  const { series: other } = generatedSeries({ name: 'left-other', slices: 4 })
  engine.show('one', elements.one, other, 'stack')
  await drawn(engine)
  expect(held(first)).toBe(4)
  engine.show('axial', elements.axial, other, 'axial')
  await drawn(engine, undefined, 'axial')
  expect(held(first)).toBe(0)
  expect(cache.getVolume(volumeIdOf(series))).toBeUndefined()
  const others = other.frames.map((_, index) => imageIdOf(other, index))
  expect(held(others)).toBe(4)
  close()
  close = () => undefined
  expect(held(others)).toBe(0)
})
