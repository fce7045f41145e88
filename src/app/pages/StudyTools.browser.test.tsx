import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { ApiProvider, createApi } from '../../api/index.ts'
import { decodeSegmentation, type DecodedSegmentation } from '../../dicom/seg/decode.ts'
import { encodeSegmentation, type SegmentationContent } from '../../dicom/seg/encode.ts'
import { placeOn } from '../../dicom/seg/placeOn.ts'
import { gridOfFrames, type Grid } from '../../domain/geometry/grid.ts'
import { scale } from '../../domain/geometry/plane.ts'
import type { DicomJson } from '../../dicom/file/json.ts'
import type { EngineSeries } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { useOverlayStore } from '../../features/tools/index.ts'
import { ViewerScreen, type SeriesFacts } from '../../features/viewer/index.ts'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import { writeMask, type Workspace } from '../../workspace/index.ts'
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

type SavedContent = Parameters<Workspace['saveSegmentation']>[0]
const sessionWith = (dataset: string, accessModel: string) => ({ person: { id: 'p', name: 'P', initials: 'P' }, approved: true, roles: [], idleExpires: '', expires: '', grants: [{ id: 'g', dataset, accessModel, purpose: 'tests', expires: '', annotate: true }] })

/** The viewer with the panel, over a study whose one segmentation is what `given` makes of it. */
const open = (name: string, given: (series: EngineSeries) => Promise<DecodedSegmentation>, accessModel = 'IN_SITU_PROCESSING') => {
  const { engine, series, close: end } = showGenerated({ name, rows, columns, slices, hu: () => -1000 }, {})
  const kept = { sopInstanceUid: '2.25.8', seriesInstanceUid: '2.25.9', name: 'Lung fields', state: 'verified' } as const
  const store: Workspace['store'] = createStore(() => ({ ...emptyState, opening: false, segmentations: [kept] }))
  const saved: SavedContent[] = []
  const workspace = { store, saveSegmentation: async (content: SavedContent) => { saved.push(content) }, openSegmentation: () => given(series), retrySegmentation: () => undefined }
  const api = createApi({ fetch: async (input) => Response.json(String(input) === '/api/session' ? sessionWith(series.datasetId, accessModel) : []), uuid: () => crypto.randomUUID(), onSignedOut: () => undefined })
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
  const tools = async () => {
    await drawn(engine)
    ;[...page.querySelectorAll('label')].find(({ textContent }) => textContent === 'Tools')?.click()
    await expect.poll(() => page.querySelector('[data-kept]')).not.toBeNull()
  }
  const show = async () => {
    await tools()
    const button = () => page.querySelector<HTMLButtonElement>('button[aria-label="Show Lung fields"]')
    await expect.poll(button).not.toBeNull()
    button()?.click()
  }
  /** Colour and opacity of the overlay in the middle of the picture. */
  const middle = (): number[] => {
    const canvas = page.querySelector<HTMLCanvasElement>('canvas[data-segments="one"]')
    return [...canvas?.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data ?? []]
  }
  const choose = async (bytes: Uint8Array<ArrayBuffer>, fileName: string) => {
    await tools()
    const field = page.querySelector<HTMLInputElement>('input[type="file"]')
    const files = new DataTransfer()
    files.items.add(new File([bytes], fileName))
    if (field) field.files = files.files
    field?.dispatchEvent(new Event('change', { bubbles: true }))
  }
  const press = async (label: string) => {
    const button = () => [...page.querySelectorAll('button')].find((one) => one.textContent === label && !one.disabled)
    await expect.poll(button).toBeDefined()
    button()?.click()
  }
  return { page, show, middle, series, saved, tools, choose, press }
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

const type = (field: HTMLInputElement | null, value: string) => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, value)
  field?.dispatchEvent(new Event('input', { bubbles: true }))
}
const gridOf = (series: EngineSeries): Grid => gridOfFrames(series.frames.flatMap(({ plane }) => plane ?? []))
/** A block of label 3 and one of label 9 in a corner of the series. */
const blocks = Uint8Array.from({ length: rows * columns * slices }, (_, v) => (v % columns > 3 || Math.floor(v / columns) % rows > 2 ? 0 : Math.floor(v / columns / rows) === 1 ? 3 : Math.floor(v / columns / rows) === 4 ? 9 : 0))
const maskOn = (grid: Grid, format: 'NIfTI' | 'NRRD' | 'MHA' = 'NIfTI') => writeMask({ format, grid, labelMap: { columns, rows, slices, data: blocks }, said: new Map([[3, { name: 'Left', colour: [1, 2, 3] }], [9, { name: 'Right' }]]) })

describe('a mask from a file', () => {
  it.each(['NIfTI', 'NRRD', 'MHA'] as const)('in %s becomes a segmentation of the open series under the name a person gives it', async (format) => {
    const { page, series, saved, choose, press } = open(`study-mask-${format}`, (one) => segmentationOf(one, {}))
    await choose(await maskOn(gridOf(series), format), 'Doe^Jane.nii.gz')
    await expect.poll(() => page.querySelectorAll('[data-label]').length).toBe(2)
    const save = () => [...page.querySelectorAll('button')].find(({ textContent }) => textContent === 'Save as segmentation')
    expect(save()?.disabled).toBe(true)
    type(page.querySelector('[data-mask] input[maxlength="40"]'), 'Reader 1')
    await press('Save as segmentation')
    await expect.poll(() => saved.length).toBe(1)
    const [content] = saved
    if (!content) throw new Error('nothing was saved')
    const source: DicomJson = { '0020000D': { vr: 'UI', Value: [series.studyInstanceUid] } }
    const bytes = encodeSegmentation({ ...content, sopInstanceUid: '2.25.8', seriesInstanceUid: '2.25.9', seriesNumber: 9100, instanceNumber: 1, source, creator: 'Rossi^Anna', device: { uid: '2.25.10', name: 'Imaging Workbench', version: '0.1.0' }, date: '20260105', time: '120000' })
    const decoded = await decodeSegmentation(bytes)
    expect([...placeOn(decoded, series.frames.flatMap(({ plane }) => plane ?? [])).labelMap.data]).toEqual(Array.from(blocks, (value) => (value === 3 ? 1 : value === 9 ? 2 : 0)))
    expect(decoded).toMatchObject({ description: 'Reader 1 - research use only', algorithms: [{ type: 'SEMIAUTOMATIC', name: `Imported ${format} mask`, modelSha256: undefined, caution: 'imported from a mask file; how it was made is not known' }] })
    expect(decoded.segments.map(({ label, type: { meaning } }) => [label, meaning])).toEqual((format === 'NRRD' ? ['Left', 'Right'] : ['Reader 1 3', 'Reader 1 9']).map((label) => [label, 'Lesion']))
    // Names of files hold names of patients.
    expect(new TextDecoder('latin1').decode(bytes)).not.toContain('Doe')
    await expect.poll(() => page.querySelector('[data-mask="saved"]')?.textContent).toContain('on its way to the hospital')
    expect(useOverlayStore.getState().shown?.name).toBe('Reader 1')
  })
  it('on another lattice is refused by what differs, and takes the nearest voxels only when that is said', async () => {
    const { page, series, saved, choose, press } = open('study-mask-other', (one) => segmentationOf(one, {}))
    const grid = gridOf(series)
    await choose(await maskOn({ ...grid, steps: [grid.steps[0], scale(grid.steps[1], 1.5), grid.steps[2]] }), 'mask.nii.gz')
    await expect.poll(() => page.querySelector('[data-mismatch]')?.textContent).toContain('It lies on another lattice than this seriesIts voxels are 1 x 1.5 x 2 mm apart, those of the series 1 x 1 x 2 mm.')
    expect(page.querySelector('[data-label]')).toBeNull()
    await press('Take the nearest voxels')
    await expect.poll(() => page.querySelector('[data-mask] [role="note"]')?.textContent).toContain('Nearest voxels of another lattice')
    type(page.querySelector('[data-mask] input[maxlength="40"]'), 'Coarse')
    await press('Save as segmentation')
    await expect.poll(() => saved.map(({ algorithm }) => algorithm.caution)).toEqual(['imported from a mask file on another lattice, nearest voxels; how it was made is not known'])
  })
  it('that is none is refused in words', async () => {
    const { page, choose } = open('study-mask-none', (one) => segmentationOf(one, {}))
    await choose(new TextEncoder().encode('%PDF-1.7 no mask at all'), 'mask.nii')
    await expect.poll(() => page.querySelector('[data-mask="failed"] [role="alert"]')?.textContent).toBe('The mask was not takenthe file is neither NIfTI nor NRRD nor MHA.')
  })
})

describe('a segmentation as a file', () => {
  const select = (page: HTMLElement) => page.querySelector<HTMLSelectElement>('select[aria-label="Download Lung fields"]')
  it('is not offered where the grant does not let images leave', async () => {
    const { page, tools } = open('study-export-no', (series) => segmentationOf(series, {}))
    await tools()
    expect(select(page)).toBeNull()
  })
  it.each([['NIfTI', 'Lung-fields.nii.gz'], ['NRRD', 'Lung-fields.seg.nrrd'], ['MHA', 'Lung-fields.mha']])('leaves as %s where it does, and comes back on the same voxels', async (format, fileName) => {
    const { page, series, tools, choose } = open(`study-export-${format}`, (one) => segmentationOf(one, {}), 'DOWNLOAD')
    const files: Blob[] = []
    const names: string[] = []
    const { createObjectURL } = URL
    const listen = (event: MouseEvent) => { if (event.target instanceof HTMLAnchorElement) { names.push(event.target.download); event.preventDefault() } }
    const { click } = HTMLAnchorElement.prototype
    HTMLAnchorElement.prototype.click = function clicked() { document.body.append(this); this.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })); this.remove() }
    URL.createObjectURL = (file) => { if (file instanceof Blob) files.push(file); return createObjectURL(file) }
    window.addEventListener('click', listen)
    try {
      await tools()
      await expect.poll(() => select(page)).not.toBeNull()
      const field = select(page)
      Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set?.call(field, format)
      field?.dispatchEvent(new Event('change', { bubbles: true }))
      await expect.poll(() => names).toEqual([fileName])
      await choose(new Uint8Array(await files[0]?.arrayBuffer() ?? []), fileName)
      // 11 x 11 pixels on 5 slices.
      await expect.poll(() => page.querySelector('[data-label="1"]')?.textContent).toContain('605 voxels')
      expect(series.frames).toHaveLength(5)
    } finally {
      URL.createObjectURL = createObjectURL
      HTMLAnchorElement.prototype.click = click
      window.removeEventListener('click', listen)
    }
  })
  it('is refused where its segments overlap, for the file would lose one', async () => {
    const { page, tools } = open('study-overlap', async (series) => {
      const decoded = await segmentationOf(series, {})
      return { ...decoded, frames: [...decoded.frames, ...decoded.frames] }
    }, 'DOWNLOAD')
    await tools()
    await expect.poll(() => select(page)).not.toBeNull()
    const field = select(page)
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set?.call(field, 'NIfTI')
    field?.dispatchEvent(new Event('change', { bubbles: true }))
    await expect.poll(() => alertOf(page)).toBe('It was not downloaded: its segments overlap, and these files hold one label a voxel')
  })
})
