import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { ApiProvider, createApi } from '../../api/index.ts'
import { decodeSegmentation, type DecodedSegmentation } from '../../dicom/seg/decode.ts'
import { encodeSegmentation, type SegmentationContent } from '../../dicom/seg/encode.ts'
import type { DicomJson } from '../../dicom/file/json.ts'
import type { EngineSeries } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { useOverlayStore } from '../../features/tools/index.ts'
import { ViewerScreen, type SeriesFacts } from '../../features/viewer/index.ts'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import type { Workspace } from '../../workspace/index.ts'
import { emptyState } from '../../workspace/state.ts'
import { StudyPanel, useOverlay } from './StudyTools.tsx'

let close = (): void => undefined
afterEach(() => close())
const facts: SeriesFacts = { patientName: 'Generated', patientId: 'G-1', studyDate: '20260105', studyDescription: 'Generated chest', first: {} }
const [rows, columns, slices] = [24, 24, 5]
const sha = 'be75'.padEnd(60, '0') + '4a63'

/** A segmentation of the middle of a series, as a file read back. */
const segmentationOf = (series: EngineSeries, algorithm: Partial<SegmentationContent['algorithm']>): Promise<DecodedSegmentation> => {
  const source: DicomJson = { '0020000D': { vr: 'UI', Value: [series.studyInstanceUid] }, '00100020': { vr: 'LO', Value: ['G-1'] } }
  const concept = { value: '39607008', scheme: 'SCT', meaning: 'Lung' }
  const inside = (v: number): boolean => Math.abs((v % columns) - 12) < 6 && Math.abs((Math.floor(v / columns) % rows) - 12) < 6
  return decodeSegmentation(encodeSegmentation({
    frames: series.frames.flatMap(({ ref, plane, frameOfReferenceUid }) => (plane && frameOfReferenceUid ? [{ ref, plane, frameOfReferenceUid }] : [])),
    labelMap: { columns, rows, slices, data: Uint8Array.from({ length: rows * columns * slices }, (_, v) => Number(inside(v))) },
    segments: [{ number: 1, label: 'Lung', category: concept, type: concept, colour: [92, 178, 201], trackingId: 'Lung', trackingUid: '2.25.7' }],
    algorithm: { type: 'AUTOMATIC', name: 'Lung fields', version: '1.0.0', modelSha256: sha, ...algorithm },
    sopInstanceUid: '2.25.8', seriesInstanceUid: '2.25.9', seriesNumber: 9100, instanceNumber: 1, source, creator: 'Rossi^Anna', device: { uid: '2.25.10', name: 'Imaging Workbench', version: '0.1.0' }, date: '20260105', time: '120000',
  }))
}

/** The viewer with the panel, over a study whose one segmentation is what `given` makes of it. */
const open = (name: string, given: (series: EngineSeries) => Promise<DecodedSegmentation>) => {
  const { engine, series, close: end } = showGenerated({ name, rows, columns, slices, hu: () => -1000 }, {})
  const kept = { sopInstanceUid: '2.25.8', seriesInstanceUid: '2.25.9', name: 'Lung fields', state: 'verified' } as const
  const store: Workspace['store'] = createStore(() => ({ ...emptyState, opening: false, segmentations: [kept] }))
  const workspace = { store, saveSegmentation: async () => undefined, openSegmentation: () => given(series), retrySegmentation: () => undefined }
  const api = createApi({ fetch: async () => Response.json([]), uuid: () => crypto.randomUUID(), onSignedOut: () => undefined })
  const Host = () => (
    <ViewerScreen series={series} facts={facts} choices={[]} onChoose={() => undefined} back="/" marks={[]} selected={undefined} onFinished={() => undefined} onSelect={() => undefined} onKey={() => undefined} overlay={useOverlay()} chip={null}
      panel={<StudyPanel engine={engine} api={api} workspace={workspace} series={series} listed={[]} onOpen={() => undefined} marks={null} />} />
  )
  const page = document.createElement('div')
  page.style.cssText = 'position:fixed;inset:0;width:1000px;height:520px'
  document.body.append(page)
  const root = createRoot(page)
  root.render(
    <MantineProvider><I18nextProvider i18n={createI18n()}><QueryClientProvider client={new QueryClient()}><ApiProvider value={api}><EngineProvider value={engine}><Host /></EngineProvider></ApiProvider></QueryClientProvider></I18nextProvider></MantineProvider>,
  )
  close = () => { root.unmount(); end(); page.remove() }
  const show = async () => {
    await drawn(engine)
    ;[...page.querySelectorAll('label')].find(({ textContent }) => textContent === 'Tools')?.click()
    const button = () => page.querySelector<HTMLButtonElement>('button[aria-label="Show Lung fields"]')
    await expect.poll(button).not.toBeNull()
    button()?.click()
  }
  /** Colour and opacity of the overlay in the middle of the picture. */
  const middle = (): number[] => {
    const canvas = page.querySelector<HTMLCanvasElement>('canvas[data-segments="one"]')
    return [...canvas?.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data ?? []]
  }
  return { page, show, middle }
}
const alertOf = (page: HTMLElement) => page.querySelector('aside [role="alert"]')?.textContent

describe('a segmentation of the study', () => {
  it('is drawn over its series with what made it; opacity and colour are what the person chooses', async () => {
    const { page, show, middle } = open('study-seg', (series) => segmentationOf(series, {}))
    await show()
    await expect.poll(() => page.querySelector('[data-made-by]')?.textContent).toBe('By the algorithm Lung fields 1.0.0, weights be75…4a63')
    // 11 x 11 pixels of 5 slices, 1 x 1 x 2 mm each.
    expect(page.querySelector('[data-segment="Lung"]')?.textContent).toContain('1.2 mL')
    const near = (wanted: readonly number[]) => () => middle().every((value, index) => Math.abs(value - (wanted[index] ?? 0)) <= 3) && middle().length === 4
    await expect.poll(near([92, 178, 201, Math.round(0.35 * 255)])).toBe(true)
    page.querySelector('aside [role="slider"]')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }))
    await expect.poll(near([92, 178, 201, 255])).toBe(true)
    const colour = page.querySelector<HTMLInputElement>('input[type="color"]')
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(colour, '#ff2010')
    colour?.dispatchEvent(new Event('input', { bubbles: true }))
    await expect.poll(near([255, 32, 16, 255])).toBe(true)
  })
  it('that a person drew says so', async () => {
    const { page, show } = open('study-seg-hand', (series) => segmentationOf(series, { type: 'MANUAL' }))
    await show()
    await expect.poll(() => page.querySelector('[data-made-by]')?.textContent).toBe('Drawn by a person')
  })
  it.each([
    ['names another series', 'It belongs to another series. Open that series first.', { referencedSeriesUid: '2.25.77' }],
    ['names no series and lies in another frame of reference', 'It lies in another frame of reference than this series, so its place here is not known.', { referencedSeriesUid: undefined, frameOfReferenceUid: '2.25.78' }],
  ])('that %s is refused in words, and nothing is drawn', async (name, said, change) => {
    const { page, show } = open(`study-seg-${name.length}`, async (series) => ({ ...await segmentationOf(series, {}), ...change }))
    await show()
    await expect.poll(() => alertOf(page)).toContain(said)
    expect(useOverlayStore.getState().shown).toBeUndefined()
    expect(page.querySelector('canvas[data-segments]')).toBeNull()
  })
})
