import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gridOfFrames, gridPoint, voxelVolumeMm3, type Grid } from '../../domain/geometry/grid.ts'
import { norm, subtract } from '../../domain/geometry/plane.ts'
import type { FramePlane, Vec3 } from '../../domain/geometry/points.ts'
import { inGeometricOrder } from '../../domain/geometry/stack.ts'
import { maskOf } from '../../domain/segmentation/fill.ts'
import { regionsOf } from '../../domain/segmentation/rings.ts'
import type { Structure, StructureSet } from '../../domain/segmentation/structures.ts'
import { contoursOf } from '../../domain/segmentation/trace.ts'
import type { LabelMap } from '../../domain/segmentation/types.ts'
import { uidOf } from '../../testing/dicom.ts'
import { gridsOf } from '../../testing/grids.ts'
import { sourceOf } from '../../testing/marks.ts'
import { headerWith, verified, withFile } from '../../testing/objects.ts'
import { program } from '../../testing/programs.ts'
import { shared } from '../../testing/shared.ts'
import { numbersAt, textAt } from '../file/elements.ts'
import { toDicomJson } from '../file/json.ts'
import { readPart10 } from '../file/read.ts'
import { decodeStructureSet, type DecodedStructureSet } from './decode.ts'
import { encodeStructureSet } from './encode.ts'

const source = await sourceOf({ patientName: 'Müller^Jörg', more: { PatientIdentityRemoved: 'YES', DeidentificationMethod: 'Generated' } })
const study = textAt(source, '0020000D')
const image = (slice: number) => ({ sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: uidOf(`instance ${slice}`) })

/** A hollow ball and a block that touches its own corner, as structures on a grid. */
const dimensions = [24, 16, 8] as const
const labelMap: LabelMap = {
  columns: 24, rows: 16, slices: 8, data: Uint8Array.from({ length: 24 * 16 * 8 }, (_, v) => {
    const [x, y, z] = [v % 24, Math.floor(v / 24) % 16, Math.floor(v / 384)]
    const radius = Math.hypot(x - 9, y - 8, 1.5 * (z - 4))
    return radius < 5.2 && radius > 2 ? 1 : x > 17 && (x > 20) === (y > 8) ? 2 : 0
  }),
}
const structureSetOn = (grid: Grid): StructureSet => ({
  label: 'TRUTH', name: 'Wahrheit 肺', description: '', date: '20260105', time: '120000',
  references: [{ frameOfReferenceUid: uidOf('frame'), studies: [{ studyInstanceUid: study, series: [{ seriesInstanceUid: uidOf('series'), images: Array.from({ length: 8 }, (_, slice) => image(slice)) }] }] }],
  structures: [1, 2].map((number): Structure => ({
    number, name: `Läsion ${number}`, description: '', algorithm: number === 1 ? 'AUTOMATIC' : 'MANUAL', colour: [92, 178, number], frameOfReferenceUid: uidOf('frame'), trackingId: `L${number}`, trackingUid: uidOf(`L${number}`),
    contours: contoursOf(labelMap, grid, number).map(({ slice, points }) => ({ kind: 'CLOSED_PLANAR', points, images: [image(slice)] })),
    observations: [{ number, label: `L${number}`, description: '', interpretedType: 'GTV', interpreter: 'Rossi^Anna', codes: [{ value: '52988006', scheme: 'SCT', meaning: 'Lesion' }] }],
  })),
})
const encoded = (grid: Grid) => encodeStructureSet(structureSetOn(grid), headerWith(source))
const grids = gridsOf(dimensions)
type Read = { structures: { number: number; name: string; algorithm: string; tracking: string[]; colour: number[]; type: string; volume: number; voxels: number; voxelVolume: number; first: Vec3; last: Vec3; mean: Vec3; areas: number[]; images: string[] }[]; description: string; approval: string; instance: number }

describe('read by others', () => {
  it.skipIf(!program('dciodvfy')).each(Object.keys(grids) as (keyof typeof grids)[])('%s: passes dciodvfy without an error (needs dicom3tools)', (name) => expect(verified(encoded(grids[name]))).toEqual({ iod: 'RTStructureSet', errors: [] }))
  it.skipIf(!program('pydicom')).each(['oblique', 'tilted', 'reversed'] as const)('%s: pydicom and numpy find the voxels where the label map has them, and area and volume, to 0.001 mm (needs python3-pydicom)', (name) => {
    const grid = grids[name]
    const { stdout, stderr } = withFile(encoded(grid), (path) => spawnSync('/usr/bin/python3', ['src/testing/reference/read_rtstruct.py', path, JSON.stringify({ size: grid.dimensions, origin: grid.origin, steps: grid.steps })], { encoding: 'utf8' }))
    expect(stderr).toBe('')
    const said = JSON.parse(stdout) as Read
    expect(said).toMatchObject({ description: 'Wahrheit 肺 - research use only', approval: 'UNAPPROVED', instance: 3 })
    expect(said.structures).toHaveLength(2)
    for (const { number, voxels, first, last, mean, volume, voxelVolume, ...one } of said.structures) {
      const places = [...labelMap.data].flatMap((label, v) => (label === number ? [gridPoint(grid, [v % 24, Math.floor(v / 24) % 16, Math.floor(v / 384)])] : []))
      const centre = ([0, 1, 2] as const).map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length) as unknown as Vec3
      expect(voxels).toBe(places.length)
      for (const [theirs, ours] of [[first, places[0]], [last, places.at(-1)], [mean, centre]] as const) expect(norm(subtract(theirs, ours ?? [0, 0, 0]))).toBeLessThan(1e-3)
      for (const mm3 of [volume, voxelVolume]) expect(Math.abs(mm3 - places.length * voxelVolumeMm3(grid))).toBeLessThan(1e-3)
      const regions = regionsOf(structureSetOn(grid).structures[number - 1]?.contours ?? []).map(({ areaMm2 }) => areaMm2).toSorted((a, b) => a - b)
      one.areas.toSorted((a, b) => a - b).forEach((area, index) => expect(Math.abs(area - (regions[index] ?? 0))).toBeLessThan(1e-3))
      expect(one.areas).toHaveLength(regions.length)
      expect(one).toMatchObject({ name: `Läsion ${number}`, algorithm: number === 1 ? 'AUTOMATIC' : 'MANUAL', tracking: [`L${number}`, uidOf(`L${number}`)], colour: [92, 178, number], type: 'GTV' })
      expect(one.images).toEqual(expect.arrayContaining([uidOf('instance 4')]))
    }
  })
})

const samples = {
  breast: shared('data/rt-dicompyler/boost-breast/RT/rtss.dcm'), phantom: shared('data/rt-pyorthanc/dvh-phantom/RTSTRUCT/RTSTRUCT.dcm'),
  ct: shared('data/soft-tissue-sarcoma-ibsi/STS_004/CT/mask/RS.dcm'), pet: shared('data/soft-tissue-sarcoma-ibsi/STS_004/PET/mask/RS.dcm'), mr: shared('data/soft-tissue-sarcoma-ibsi/STS_004/MR_T1/mask/RS.dcm'),
}
const read = new Map<string, Promise<DecodedStructureSet>>()
/** Each is read once: they are large. */
const decoded = (name: keyof typeof samples): Promise<DecodedStructureSet> => {
  const found = read.get(name) ?? decodeStructureSet(readFileSync(samples[name] ?? ''))
  read.set(name, found)
  return found
}
const images = shared('data/soft-tissue-sarcoma-ibsi/STS_004/CT/image')

describe('of others', () => {
  it.skipIf(!samples.breast).each(Object.keys(samples) as (keyof typeof samples)[])('%s keeps its meaning when it is written by us, and then passes dciodvfy (shared data)', async (name) => {
    const theirs = await decoded(name)
    const written = encodeStructureSet(theirs.structureSet, headerWith(source))
    const again = await decodeStructureSet(written)
    expect([again.notUnderstood, again.approval]).toEqual([theirs.notUnderstood, 'UNAPPROVED'])
    // As text: comparing a hundred thousand numbers one by one takes seconds.
    expect(JSON.stringify(again.structureSet) === JSON.stringify(theirs.structureSet)).toBe(true)
    if (program('dciodvfy') && name !== 'pet' && name !== 'mr') expect(verified(written).errors).toEqual([])
  })
  it.skipIf(!samples.breast)('breast: 10 structures with colours, types and codes; the left lung has several contours on 40 of 80 planes; the density of a scar is kept (shared data)', async () => {
    const { structureSet: { structures, references }, notUnderstood, approval } = await decoded('breast')
    expect(structures.map(({ name }) => name)).toEqual(['BODY', 'Areola', 'Borders', 'Breast', 'Heart', 'Lt Lung', 'Nodes', 'Scar', 'Tumor Bed', 'Tumor Bed Block'])
    expect(structures[0]).toMatchObject({ colour: [154, 155, 100], algorithm: 'MANUAL', observations: [{ interpretedType: 'EXTERNAL', interpreter: 'anonymous', codes: [{ value: 'C44.9', scheme: 'ICD-O-2', meaning: 'Skin, NOS' }] }] })
    const heights = structures[5]?.contours.map(({ points }) => points[0]?.[2]) ?? []
    const planes = [...new Set(heights)]
    expect([planes.length, planes.filter((height) => heights.filter((one) => one === height).length > 1).length]).toEqual([80, 40])
    expect(structures[1]?.contours).toEqual([])
    expect(references[0]?.studies[0]?.series[0]?.images).toHaveLength(98)
    expect([approval, notUnderstood]).toEqual(['APPROVED', ['Scar: ROIPhysicalPropertiesSequence (3006,00B0)']])
  })
  it.skipIf(!samples.phantom)('phantom: a cone 24 mm wide and high has its volume to 0.2 %; a point without contours stays (shared data)', async () => {
    const [point, cone] = (await decoded('phantom')).structureSet.structures
    expect(point).toMatchObject({ name: 'POI_1', contours: [], observations: [{ interpretedType: 'MARKER' }] })
    const regions = regionsOf(cone?.contours ?? [])
    // Planes lie 0.2 mm apart, the base in the first or last of them: that one bounds half a step.
    const volume = regions.reduce((sum, { areaMm2 }, index) => sum + areaMm2 * (index === 0 || index === regions.length - 1 ? 0.1 : 0.2), 0)
    expect(Math.abs(volume / ((Math.PI / 3) * 12 ** 2 * 24) - 1)).toBeLessThan(0.002)
  })
  it.skipIf(!samples.ct || !images)('ct: lies on the slices of its series by its coordinates, though it names none of their instances (shared data)', async () => {
    const { structureSet: { structures } } = await decoded('ct')
    const files = await Promise.all(readdirSync(images ?? '').map(async (file) => toDicomJson(await readPart10(readFileSync(join(images ?? '', file)), { untilTag: 'x7fe00010' }))))
    const planes = inGeometricOrder(files.map((json) => {
      const [orientation, [rowSpacingMm = 0, columnSpacingMm = 0]] = [numbersAt(json, '00200037'), numbersAt(json, '00280030')]
      return { plane: { origin: numbersAt(json, '00200032') as unknown as Vec3, rowDirection: orientation.slice(0, 3) as unknown as Vec3, columnDirection: orientation.slice(3) as unknown as Vec3, rowSpacingMm, columnSpacingMm, rows: numbersAt(json, '00280010')[0] ?? 0, columns: numbersAt(json, '00280011')[0] ?? 0 } satisfies FramePlane }
    })).map(({ plane }) => plane)
    const [mass] = structures
    const uids = new Set(files.map((json) => textAt(json, '00080018')))
    expect(mass?.contours.flatMap((one) => one.images).filter(({ sopInstanceUid }) => uids.has(sopInstanceUid))).toEqual([])
    const grid = gridOfFrames(planes)
    const { labelMap: mask, notPlaced } = maskOf(mass?.contours ?? [], grid)
    expect(notPlaced).toEqual([])
    const volumes = [mask.data.reduce((sum, value) => sum + value, 0) * voxelVolumeMm3(grid), regionsOf(mass?.contours ?? []).reduce((sum, { areaMm2 }) => sum + areaMm2 * norm(grid.steps[2]), 0)]
    expect(Math.abs((volumes[0] ?? 0) / (volumes[1] ?? 1) - 1)).toBeLessThan(0.01)
  })
})
