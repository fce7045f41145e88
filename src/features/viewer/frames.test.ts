import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toDicomJson, type DicomJson } from '../../dicom/file/json.ts'
import { readPart10 } from '../../dicom/file/read.ts'
import { encodePart10 } from '../../dicom/file/write.ts'
import { calibrationAt } from '../../domain/measurement/calibration.ts'
import { measure } from '../../domain/measurement/measure.ts'
import type { EngineFrame } from '../../engine/port.ts'
import { syntheticCtDatasets } from '../../testing/dicom.ts'
import { shared } from '../../testing/shared.ts'
import { framesOf } from './frames.ts'
import { toEngineStacks } from './index.ts'
import { item, items, number } from './json.ts'

const of = (vr: string, ...Value: unknown[]) => ({ vr, Value })
const sequence = (...Value: DicomJson[]) => ({ vr: 'SQ', Value })
const image: DicomJson = { '00280010': of('US', 64), '00280011': of('US', 64), '00080060': of('CS', 'CT') }
const frames = (more: DicomJson): EngineFrame[] => framesOf({ ...image, ...more }, '1.2', '1.2.3')
const read = async (path: string): Promise<DicomJson> => toDicomJson(await readPart10(new Uint8Array(readFileSync(path))))

describe('what a frame says of its values', () => {
  const rescale = (slope: number, intercept: number): DicomJson => ({ '00281053': of('DS', slope), '00281052': of('DS', intercept) })
  const window = (width: number, centre: number, name?: string): DicomJson => ({ '00281051': of('DS', width), '00281050': of('DS', centre), ...(name ? { '00281055': of('LO', name) } : {}) })
  it('is taken from its own functional group, then the shared one, then the image', () => {
    const found = frames({
      '00280008': of('IS', 3), ...rescale(1, 0), ...window(10, 5),
      '52009229': sequence({ '00289145': sequence(rescale(1, -1024)), '00289132': sequence(window(400, 40)) }),
      '52009230': sequence({ '00289145': sequence(rescale(2, -1000)) }, { '00289132': sequence(window(1500, -500, 'LUNG')) }, {}),
    })
    expect(found.map((frame) => frame.rescale)).toEqual([{ slope: 2, intercept: -1000 }, { slope: 1, intercept: -1024 }, { slope: 1, intercept: -1024 }])
    expect(found.map(({ windows }) => windows)).toEqual([[{ width: 400, centre: 40 }], [{ width: 1500, centre: -500, name: 'LUNG' }], [{ width: 400, centre: 40 }]])
    expect(frames({ ...rescale(1, -1024), ...window(400, 40) })[0]).toMatchObject({ rescale: { slope: 1, intercept: -1024 }, windows: [{ width: 400, centre: 40 }] })
    expect(frames({})[0]).toMatchObject({ rescale: { slope: 1, intercept: 0 }, windows: [] })
    expect(frames({ ...rescale(1, 0), '00281054': of('LO', 'US') })[0]?.rescale).toEqual({ slope: 1, intercept: 0, type: 'US' })
  })
  it('keeps width and centre of one place together, and takes numbers written as text', () => {
    const group = sequence({ '00289132': sequence({ '00281051': of('DS', 400) }) })
    expect(frames({ '52009229': group, ...window(80, 40) })[0]?.windows).toEqual([{ width: 80, centre: 40 }])
    expect(frames({ '00281053': of('DS', '1'), '00281052': of('DS', '-1024'), '00281051': of('DS', '400'), '00281050': of('DS', '40') })[0]).toMatchObject({ rescale: { intercept: -1024 }, windows: [{ width: 400, centre: 40 }] })
  })
  it('has its padding as the pixels are signed, whatever VR an archive gave it', () => {
    const padded = (signed: 0 | 1, vr: string, padding: number, limit?: number) => frames({ '00280103': of('US', signed), '00280120': of(vr, padding), ...(limit === undefined ? {} : { '00280121': of(vr, limit) }) })[0]?.padding
    expect(padded(1, 'US', 63536)).toEqual([-2000, -2000])
    expect(padded(1, 'SS', -2000)).toEqual([-2000, -2000])
    expect(padded(1, 'US', 63536, 63540)).toEqual([-2000, -1996])
    expect(padded(1, 'US', 5)).toEqual([5, 5])
    expect(padded(0, 'US', 63536)).toEqual([63536, 63536])
    expect(padded(0, 'SS', -2000)).toEqual([63536, 63536])
  })
  it('tells frames at one place apart by their own Frame Type and heart phase', () => {
    const plane = (z: number): DicomJson => ({ '00209113': sequence({ '00200032': of('DS', 0, 0, z) }), '00209116': sequence({ '00200037': of('DS', 1, 0, 0, 0, 1, 0) }), '00289110': sequence({ '00280030': of('DS', 1, 1) }) })
    const enhanced = (groups: DicomJson[]) => toEngineStacks([{ ...image, '00080008': of('CS', 'DERIVED', 'PRIMARY', 'MIXED'), '00280008': of('IS', groups.length), '52009230': { vr: 'SQ', Value: groups } }], 'set').stacks.map(({ series, differs }) => [series.frames.length, differs])
    const zs = [0, 2, 4]
    expect(enhanced(zs.flatMap((z) => ['WATER', 'FAT'].map((type) => ({ ...plane(z), '00189226': sequence({ '00089007': of('CS', 'DERIVED', 'PRIMARY', 'DIXON', type) }) }))))).toEqual([[3, [{ by: 'imageType', value: 'DIXON FAT' }]], [3, [{ by: 'imageType', value: 'DIXON WATER' }]]])
    expect(enhanced(zs.flatMap((z) => [80, 0].map((delay) => ({ ...plane(z), '00189118': sequence({ '00209153': of('FD', delay) }) }))))).toEqual([[3, [{ by: 'time', value: '0' }]], [3, [{ by: 'time', value: '80' }]]])
  })
  it('of a generated Enhanced CT file is the same as of the single images it was made of', async () => {
    const singles = syntheticCtDatasets({ slices: 3, pixelSpacing: [0.9, 0.6] })
    const [first = {}] = singles
    const { RescaleSlope, RescaleIntercept, WindowCenter, WindowWidth, PixelSpacing, ImageOrientationPatient, ImagePositionPatient, PixelData, ...rest } = first
    void [ImagePositionPatient, PixelData]
    const file = encodePart10({
      ...rest, SOPClassUID: '1.2.840.10008.5.1.4.1.1.2.1', NumberOfFrames: 3,
      SharedFunctionalGroupsSequence: [{
        PixelMeasuresSequence: [{ PixelSpacing }], PlaneOrientationSequence: [{ ImageOrientationPatient }],
        PixelValueTransformationSequence: [{ RescaleSlope, RescaleIntercept, RescaleType: 'HU' }], FrameVOILUTSequence: [{ WindowCenter, WindowWidth }],
      }],
      PerFrameFunctionalGroupsSequence: singles.map((single) => ({ PlanePositionSequence: [{ ImagePositionPatient: single['ImagePositionPatient'] }] })),
    })
    const outline = (metadata: readonly DicomJson[]) => toEngineStacks(metadata, 'set').stacks.map(({ series }) => series.frames.map(({ plane, rescale, windows }) => ({ plane, rescale, windows })))
    const enhanced = outline([toDicomJson(await readPart10(file))])
    expect(enhanced).toEqual(outline(await Promise.all(singles.map(async (single) => toDicomJson(await readPart10(encodePart10(single)))))))
    expect(enhanced[0]?.[0]).toMatchObject({ rescale: { slope: 1, intercept: -1024 }, windows: [{ width: 400, centre: 40 }] })
  })

  const phantom = shared('data/dcmqi/phantom-24x38x3/all')
  it.skipIf(!phantom)('of an enhanced CT is the same as of its single images (shared data, dcmqi)', async () => {
    const outline = (metadata: readonly DicomJson[]) => toEngineStacks(metadata, 'set').stacks.map(({ series }) => series.frames.map(({ plane, rescale, windows }) => ({ plane, rescale, windows })))
    const names = readdirSync(phantom ?? '').filter((name) => name.startsWith('image_'))
    const [enhanced] = outline([await read(join(phantom ?? '', 'multiframe_mf.dcm'))])
    expect(enhanced).toHaveLength(3)
    expect(enhanced?.[0]?.windows).toEqual([{ width: 2, centre: 1 }])
    expect([enhanced]).toEqual(outline(await Promise.all(names.map((name) => read(join(phantom ?? '', name))))))
  })
  const brain = shared('data/nema-brain-tumour/RFrontalTumor/EnhancedMR/BRTUM004')
  it.skipIf(!brain)('of an enhanced MR has a window for each frame (shared data, NEMA)', async () => {
    const json = await read(brain ?? '')
    const found = framesOf(json, '1', '2')
    expect(found).toHaveLength(24)
    expect(found[0]?.windows).toEqual([{ width: 844, centre: 422 }])
    const said = items(json, '52009230').map((group) => number(item(group, '00289132'), '00281051'))
    expect(found.map(({ windows }) => windows[0]?.width)).toEqual(said)
    expect(new Set(said).size).toBeGreaterThan(1)
  })
  const liver = shared('data/dcmqi/liver-ct-3slice/CT')
  it.skipIf(!liver)('of an implicit VR file has signed padding (shared data, dcmqi)', async () => {
    expect(framesOf(await read(join(liver ?? '', '03.dcm')), '1', '2')[0]?.padding).toEqual([-2000, -2000])
  })
})

describe('lengths on an image without a plane', () => {
  /** Length between two points as a mark would say it. */
  const said = ([frame]: readonly EngineFrame[], a: readonly [number, number], b: readonly [number, number]): string => {
    if (!frame || frame.plane) throw new Error('it has a plane')
    const calibration = calibrationAt(frame.calibrations ?? [], [a, b])
    const [value] = measure('length', { kind: 'image', frame: frame.ref, points: [a, b] }, calibration)
    return `${value?.number.toFixed(2)} ${value?.unit}${calibration ? ` ${calibration.kind}${calibration.detail ? ` ${calibration.detail}` : ''}` : ''}`
  }
  const across = (found: readonly EngineFrame[]): string => said(found, [0.5, 0.5], [100.5, 0.5])
  it('are in mm by Pixel Spacing, else by that at the detector, else in pixels', () => {
    expect(across(frames({ '00280030': of('DS', 0.9, 0.6) }))).toBe('60.00 mm pixelSpacing')
    expect(across(frames({ '00080060': of('CS', 'DX'), '00181164': of('DS', 0.1, 0.2) }))).toBe('20.00 mm detector')
    expect(across(frames({ '00080060': of('CS', 'MG'), '00181164': of('DS', 0.1, 0.1), '00181114': of('DS', 1.06) }))).toBe('9.43 mm magnification 1.06')
    expect(across(frames({}))).toBe('100.00 px')
    expect(across(frames({ '00280034': of('IS', 4, 3) }))).toBe('100.00 px')
    expect(frames({ '00280034': of('IS', 4, 3) })[0]?.pixelRatio).toBeCloseTo(4 / 3, 12)
    expect(frames({ '00280030': of('DS', 0.9, 0.6) })[0]?.pixelRatio).toBeCloseTo(1.5, 12)
  })
  it('take a spacing of the functional groups too', () => {
    expect(across(frames({ '52009229': sequence({ '00289110': sequence({ '00280030': of('DS', 0.9, 0.6) }) }) }))).toBe('60.00 mm pixelSpacing')
  })
  it('on ultrasound hold within the region of tissue', () => {
    const region = { '00186012': of('US', 1), '00186024': of('US', 3), '00186026': of('US', 3), '0018602C': of('FD', 0.02), '0018602E': of('FD', 0.01), '00186018': of('UL', 0), '0018601A': of('UL', 0), '0018601C': of('UL', 199), '0018601E': of('UL', 99) }
    const found = frames({ '00080060': of('CS', 'US'), '00186011': sequence(region) })
    expect(across(found)).toBe('20.00 mm region')
    expect(said(found, [150, 50], [250, 50])).toBe('100.00 px')
    expect(found[0]?.pixelRatio).toBeCloseTo(0.5, 12)
  })

  const clunie = shared('data/mammography-real/clunie-pixel-spacing/MG/MG_Explicit_Little.dcm')
  it.skipIf(!clunie)('are calibrated by the fiducial of the pixel spacing test object (shared data, Clunie)', async () => {
    expect(said(framesOf(await read(clunie ?? ''), '1', '2'), [155.5, 409.5], [355.5, 409.5])).toBe('50.00 mm fiducial Used fiducial')
  })
  const gh133 = shared('data/mammography-real/fo-dicom-GH133/MG/GH133.dcm')
  const victre = shared('data/mammography-victre-SYNTHETIC/S1_current/MG/LCC_pres.dcm')
  it.skipIf(!gh133 || !victre)('on mammograms are those at the detector over the magnification (shared data, GH133 and VICTRE)', async () => {
    expect(across(framesOf(await read(gh133 ?? ''), '1', '2'))).toBe('9.41 mm magnification 1')
    expect(across(framesOf(await read(victre ?? ''), '1', '2'))).toBe('9.43 mm magnification 1.06')
  })
  const ultrasound = shared('data/ultrasound/multiframe-demo/US')
  it.skipIf(!ultrasound)('on ultrasound are those of its regions (shared data)', async () => {
    const one = framesOf(await read(join(ultrasound ?? '', 'I_000001.dcm')), '1', '2')
    expect(said(one, [100, 100], [200, 100])).toBe('28.57 mm region')
    expect(said(one, [100, 100], [100, 200])).toBe('22.86 mm region')
    expect(said(one, [100, 300], [100, 400])).toBe('100.00 px')
    expect(said(one, [60, 380], [160, 380])).toBe('100.00 px')
    expect(said(framesOf(await read(join(ultrasound ?? '', 'I_000007.dcm')), '1', '2'), [100, 100], [200, 100])).toBe('36.28 mm region')
  })
  const drawn = shared('data/measurement-accuracy/clearcanvas-roi/OT')
  it.skipIf(!drawn)('are pixels where only a ratio is said, though the picture is drawn in it (shared data, ClearCanvas)', async () => {
    const [one, six] = await Promise.all(['aspect01.dcm', 'aspect06.dcm'].map(async (name) => framesOf(await read(join(drawn ?? '', name)), '1', '2')))
    expect(across(one ?? [])).toBe('100.00 px')
    expect(across(six ?? [])).toBe('100.00 px')
    expect(six?.[0]?.pixelRatio).toBeCloseTo(4 / 3, 6)
  })
})
