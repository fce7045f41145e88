import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiProvider, createApi } from '../../api/index.ts'
import type { ObjectHeader } from '../../dicom/file/header.ts'
import { encodeKeyObjects } from '../../dicom/ko/encode.ts'
import { keyObjectTitle } from '../../dicom/ko/selection.ts'
import { encodePresentationState } from '../../dicom/pr/encode.ts'
import { encodeStructureSet } from '../../dicom/rtstruct/encode.ts'
import { encodeReport } from '../../dicom/sr/encode.ts'
import type { Measurement } from '../../domain/measurement/types.ts'
import type { Structure } from '../../domain/segmentation/structures.ts'
import type { EngineSeries } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { useViewerStore, ViewerScreen, type SeriesFacts } from '../../features/viewer/index.ts'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import { createHospital } from '../../testing/hospitalInMemory.ts'
import { loadOthers } from '../../workspace/others.ts'
import { useOthers } from './StudyOthers.tsx'

let close = (): void => undefined
afterEach(() => {
  close()
  useViewerStore.setState({ layout: 'stack', active: 'one' })
})
const facts: SeriesFacts = { patientName: 'Generated', patientId: 'G-1', studyDate: '20260105', studyDescription: 'Generated chest', first: {} }
const headerOf = (series: EngineSeries, name: string, creator = 'Other^Olga'): ObjectHeader => ({
  sopInstanceUid: `2.25.1${name.length}`, seriesInstanceUid: `2.25.2${name.length}`, seriesNumber: 7, instanceNumber: 1, creator, device: { uid: '2.25.99', name: 'Another program', version: '3' }, date: '20260105', time: '120000',
  source: { '0020000D': { vr: 'UI', Value: [series.studyInstanceUid] }, '00100020': { vr: 'LO', Value: ['G-1'] } },
})
type Made = readonly [modality: string, bytes: Uint8Array<ArrayBuffer>]
/** A length of 30 x 40 pixels on a slice, said to be as long as given. */
const reportOf = (series: EngineSeries, text: string, unit: 'mm' | 'px' = 'mm', sopInstanceUid = series.frames[2]?.ref.sopInstanceUid ?? '', trackingId = 'Lesion A'): Made => {
  const [first] = series.frames
  if (!first) throw new Error('there is no frame')
  const mark: Measurement = { trackingUid: '2.25.5', trackingId, kind: 'length', label: 'seen by Olga', values: [{ quantity: 'length', unit, number: Number(text), text }], place: { kind: 'image', points: [[5.5, 5.5], [35.5, 45.5]], frame: { ...first.ref, sopInstanceUid, ...(sopInstanceUid.startsWith('9') ? { seriesInstanceUid: '9.9' } : {}) } } }
  return ['SR', encodeReport({ ...headerOf(series, 'report'), observer: 'Other^Olga', measurements: [mark] })]
}
const square = (z: number, [x, y, size]: readonly [number, number, number]) => [[x, y, z], [x + size, y, z], [x + size, y + size, z], [x, y + size, z]] as const
const structuresOf = (series: EngineSeries, frameOfReferenceUid = series.frames[0]?.frameOfReferenceUid ?? ''): Made => {
  const structure = (number: number, name: string, place: readonly [number, number, number]): Structure => ({
    number, name, description: '', algorithm: 'MANUAL', frameOfReferenceUid, trackingId: '', trackingUid: '', ...(number === 1 ? { colour: [255, 0, 16] as const } : {}),
    contours: [102, 104, 106].map((z) => ({ kind: 'CLOSED_PLANAR', points: square(z, place), images: [] })), observations: [{ number, label: '', description: '', interpretedType: 'GTV', interpreter: '', codes: [] }],
  })
  return ['RTSTRUCT', encodeStructureSet({ label: 'PLAN', name: 'Plan of Olga', description: '', date: '20260105', time: '120000', references: [{ frameOfReferenceUid, studies: [] }], structures: [structure(1, 'GTV', [-5, -10, 10]), structure(2, 'PTV', [-10, -15, 20])] }, headerOf(series, 'structures'))]
}

/** The viewer with the panel over a study that holds these objects. */
const open = async (name: string, made: (series: EngineSeries) => readonly Made[]) => {
  const { engine, series, close: end } = showGenerated({ name, hu: (column) => column }, {})
  const hospital = createHospital()
  made(series).forEach(([modality, bytes], index) => hospital.instances.set(`2.25.3${index}`, { series: `2.25.4${index}`, bytes, asked: 0, modality }))
  const chosen: string[] = []
  const Host = () => {
    const { panel, contours } = useOthers({ engine, load: (known) => loadOthers(hospital.outside, 'd', 's', '1.2.3', known), series, listed: [{ seriesInstanceUid: series.seriesInstanceUid }], onChoose: (one) => chosen.push(one) })
    return <ViewerScreen series={series} facts={facts} choices={[]} onChoose={() => undefined} back="/" marks={[]} selected={undefined} onFinished={() => undefined} onSelect={() => undefined} onKey={() => undefined} overlay={undefined} contours={contours} chip={null} panel={panel} />
  }
  const page = document.createElement('div')
  page.style.cssText = 'position:fixed;inset:0;width:1000px;height:620px'
  document.body.append(page)
  const root = createRoot(page)
  const api = createApi({ fetch: async () => Response.json([]), uuid: () => crypto.randomUUID(), onSignedOut: () => undefined })
  root.render(<MantineProvider><I18nextProvider i18n={createI18n()}><ApiProvider value={api}><EngineProvider value={engine}><Host /></EngineProvider></ApiProvider></I18nextProvider></MantineProvider>)
  close = () => { root.unmount(); end(); page.remove() }
  const press = async (label: string) => {
    const button = () => [...page.querySelectorAll('button')].find((one) => one.textContent === label || one.getAttribute('aria-label') === label)
    await expect.poll(button).toBeDefined()
    button()?.click()
  }
  await drawn(engine)
  await press('Look for objects of others')
  await expect.poll(() => page.querySelectorAll('[data-other]').length).toBe(made(series).length)
  for (const details of page.querySelectorAll<HTMLDetailsElement>('[data-other]')) details.open = true
  return { page, engine, series, press, chosen, textOf: (selector: string) => page.querySelector(selector)?.textContent ?? '' }
}

describe('a report of somebody else', () => {
  it('has its number as reported, by whom, and ours beside it where it differs', async () => {
    // 30 x 40 pixels of 1 mm are 50 mm.
    const { textOf } = await open('others-sr', (series) => [reportOf(series, '51')])
    expect(textOf('[data-other="report"] summary')).toBe('Report · Measurements - research use only · by Olga Other')
    expect(textOf('[data-number="Length"]')).toContain('Length51 mm')
    expect(textOf('[data-recomputed]')).toBe('from its coordinates: 50.00 mm')
    expect(textOf('[data-group="Lesion A"]')).toContain('seen by Olga')
    expect(textOf('[data-away]')).toBe('')
  })
  it('stands alone where ours is the same, and in pixels', async () => {
    const { textOf, page } = await open('others-same', (series) => [reportOf(series, '50.05')])
    expect(textOf('[data-number="Length"]')).toContain('50.05 mm')
    expect(page.querySelector('[data-recomputed]')).toBeNull()
    close()
    const pixels = await open('others-px', (series) => [reportOf(series, '99', 'px')])
    expect(pixels.textOf('[data-number="Length"]')).toBe('Length99 px')
  })
  it('with a long name without a blank, as OHIF gives its groups, shows it to its end', async () => {
    const { page } = await open('others-long', (series) => [reportOf(series, '50', 'mm', undefined, 'Cornerstone3DTools@^0.1.0:PlanarFreehandROI')])
    const title = page.querySelector('[data-group] > :first-child')
    expect(title?.textContent).toBe('Cornerstone3DTools@^0.1.0:PlanarFreehandROI')
    expect(title?.scrollWidth).toBe(title?.clientWidth)
  })
  it('whose images are not here says so', async () => {
    const { textOf, page } = await open('others-away', (series) => [reportOf(series, '51', 'mm', '9.9.9')])
    expect(textOf('[data-away]')).toBe('The images it is about are not in this study.')
    expect(textOf('[data-number="Length"]')).toBe('Length51 mm')
    expect(page.querySelector('[data-recomputed]')).toBeNull()
  })
  it('that cannot be read is named with what is wrong', async () => {
    const { textOf } = await open('others-cut', (series) => { const [modality, bytes] = reportOf(series, '51'); return [[modality, bytes.slice(0, bytes.length - 30)]] })
    expect(textOf('[data-other="unread"]')).toMatch(/^Not read.*It cannot be read: .*(cut off|ends|damaged)/)
  })
})

describe('structures', () => {
  const pathOf = (page: HTMLElement, name: string) => page.querySelector(`[data-contours="one"] [data-structure="${name}"] path:last-child`)
  it('lie over the slices they belong to, by name and colour, overlapping, each to be hidden', async () => {
    const { page, engine, series, press } = await open('others-rt', (one) => [structuresOf(one)])
    expect([...page.querySelectorAll('[data-structure-row]')].map(({ textContent }) => textContent)).toEqual(['GTV3 contours', 'PTV3 contours'])
    await press('Show over the images')
    // Slices lie at 100, 102, … mm: none at the first.
    engine.setSlice('one', 0)
    await drawn(engine, 0)
    await expect.poll(() => page.querySelectorAll('[data-structure]').length).toBe(0)
    engine.setSlice('one', 2)
    await drawn(engine, 2)
    await expect.poll(() => pathOf(page, 'GTV')?.getAttribute('stroke')).toBe('rgb(255,0,16)')
    const corners = square(104, [-5, -10, 10]).map((point) => engine.toCanvas('one', point) ?? [Number.NaN, 0])
    const numbers = pathOf(page, 'GTV')?.getAttribute('d')?.match(/-?[\d.]+/g)?.map(Number) ?? []
    corners.flat().forEach((expected, index) => expect(Math.abs((numbers[index] ?? Number.NaN) - expected)).toBeLessThan(0.1))
    expect(pathOf(page, 'PTV')).not.toBeNull()
    expect(series.frames).toHaveLength(8)
    await press('Hide PTV')
    await expect.poll(() => pathOf(page, 'PTV')).toBeNull()
    expect(pathOf(page, 'GTV')).not.toBeNull()
    await press('Hide')
    await expect.poll(() => page.querySelector('[data-contours]')).toBeNull()
  })
  it('of another frame of reference are listed and not drawn', async () => {
    const { page, textOf } = await open('others-rt-far', (series) => [structuresOf(series, '2.25.777')])
    expect(textOf('[data-other="structures"]')).toContain('It lies in another frame of reference than the open series')
    expect([...page.querySelectorAll('button')].some(({ textContent }) => textContent === 'Show over the images')).toBe(false)
  })
})

describe('views and key images', () => {
  it('a presentation state applies its window', async () => {
    const { engine, press } = await open('others-pr', (series) => {
      const images = [{ sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: series.frames[0]?.ref.sopInstanceUid ?? '' }]
      return [['PR', encodePresentationState({ label: 'LUNG', description: '', references: [{ seriesInstanceUid: series.seriesInstanceUid, images }], areas: [{ topLeft: [1, 1], bottomRight: [64, 64], mode: 'SCALE TO FIT', aspect: [1, 1] }], voi: [{ windows: [{ centre: -600, width: 1500, explanation: 'Lung' }], lutFunction: '' }], layers: [], annotations: [], presentationLut: 'IDENTITY' }, headerOf(series, 'view'))]]
    })
    await press('Window 1500 / -600')
    await expect.poll(() => engine.snapshot('one')?.window).toEqual({ width: 1500, centre: -600 })
  })
  it('a selection says why, goes to its image, and names those that are not here', async () => {
    const { engine, press, textOf } = await open('others-ko', (series) => {
      const image = { valueType: 'IMAGE', studyInstanceUid: series.studyInstanceUid, seriesInstanceUid: series.seriesInstanceUid, sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: series.frames[5]?.ref.sopInstanceUid ?? '' } as const
      const [bytes] = encodeKeyObjects({ title: keyObjectTitle('ofInterest'), modifiers: [], description: 'the largest cut', objects: [image, { ...image, seriesInstanceUid: '9.9', sopInstanceUid: '9.9.1' }] }, [headerOf(series, 'keys')])
      if (!bytes) throw new Error('nothing was written')
      return [['KO', bytes]]
    })
    expect(textOf('[data-other="keys"]')).toContain('the largest cut')
    expect(textOf('[data-other="keys"]')).toContain('Image 2 is not in this study')
    await press('Go to image 1')
    await drawn(engine, 5)
  })
})
