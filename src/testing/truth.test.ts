import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createHtj2kEncoder } from '../dicom/codec/encode.ts'
import { decodeStructureSet } from '../dicom/rtstruct/decode.ts'
import { decodeSegmentation } from '../dicom/seg/decode.ts'
import { gridOfFrames } from '../domain/geometry/grid.ts'
import { maskOf } from '../domain/segmentation/fill.ts'
import { makeStudy } from '../phantom/make.ts'
import { planStudies, type StudyPlan } from '../phantom/plan.ts'
import { truthTable } from '../phantom/reference.ts'
import { program } from './programs.ts'

type Checked = { lesion: string; type: string; diameter: number; halfVoxel: number; across: number; down: number; through: number; halfPixel: number; halfStep: number; contrast: number; voxels: number }

const root = mkdtempSync(join(tmpdir(), 'ciw-truth-'))
afterAll(() => rmSync(root, { recursive: true }))
const [hospital = []] = Object.values(planStudies('small'))

/** Writes a study uncompressed, its truth beside it, for a reader that shares no code with us. */
const write = async (plan: StudyPlan): Promise<{ folder: string; segmentations: readonly Uint8Array[]; structureSets: readonly Uint8Array[] }> => {
  const folder = join(root, plan.study.patient.id)
  mkdirSync(join(folder, 'truth'), { recursive: true })
  let images = 0
  const { segmentations, structureSets, rows } = await makeStudy(plan, undefined, (bytes) => writeFileSync(join(folder, `${++images}.dcm`), bytes))
  segmentations.forEach((bytes, index) => writeFileSync(join(folder, 'truth', `${index}.dcm`), bytes))
  writeFileSync(join(folder, 'truth', 'lesions.json'), JSON.stringify(truthTable(rows)))
  return { folder, segmentations, structureSets }
}

/** The structures enclose, on each image, the very voxels that the segments have there, under the same identity; and nothing elsewhere. */
const sameOutlines = async (segmentation: Uint8Array, structures: Uint8Array): Promise<void> => {
  const [{ segments, frames, frameOfReferenceUid, referencedSeriesUid }, { structureSet, notUnderstood, description }] = [await decodeSegmentation(segmentation), await decodeStructureSet(structures)]
  expect([notUnderstood, description]).toEqual([[], 'Cancer Image Workbench phantom - research use only'])
  expect(structureSet.references.map((one) => [one.frameOfReferenceUid, one.studies[0]?.series[0]?.seriesInstanceUid])).toEqual([[frameOfReferenceUid, referencedSeriesUid]])
  expect(structureSet.structures.map(({ number, name, trackingId, trackingUid, observations }) => [number, name, trackingId, trackingUid, observations[0]?.codes[0]])).toEqual(segments.map(({ number, label, trackingId, trackingUid, type }) => [number, label, trackingId, trackingUid, type]))
  for (const { number, contours } of structureSet.structures) {
    const own = frames.filter(({ segmentNumber }) => segmentNumber === number)
    expect(new Set(contours.flatMap(({ images }) => images.map(({ sopInstanceUid }) => sopInstanceUid)))).toEqual(new Set(own.map(({ sourceInstanceUid }) => sourceInstanceUid)))
    for (const { plane, values, sourceInstanceUid } of own) {
      const here = contours.filter(({ images }) => images[0]?.sopInstanceUid === sourceInstanceUid)
      const { labelMap, notPlaced } = maskOf(here, gridOfFrames([plane]))
      expect(notPlaced).toEqual([])
      expect(Buffer.compare(labelMap.data, values())).toBe(0)
    }
  }
}

describe('what is said to be true of generated images', () => {
  const inSpace = hospital.filter(({ parts }) => parts.some(({ kind }) => kind === 'chest' || kind === 'prostateMr' || kind === 'petCt'))
  it.skipIf(!program('pydicom')).each(inSpace.map((plan) => [plan.study.description, plan] as const))('agrees with the voxels of %s, to half a voxel (needs python3-pydicom)', async (_, plan) => {
    const { folder, segmentations, structureSets } = await write(plan)
    expect(segmentations.length).toBeGreaterThan(0)
    expect(structureSets).toHaveLength(plan.parts.some(({ kind }) => kind === 'chest') ? segmentations.length : 0)
    for (const [index, bytes] of structureSets.entries()) await sameOutlines(segmentations[index] ?? new Uint8Array(), bytes)
    const { stdout, stderr } = spawnSync('/usr/bin/python3', ['src/testing/reference/check_truth.py', folder], { encoding: 'utf8' })
    expect(stderr).toBe('')
    const checked = JSON.parse(stdout) as Checked[]
    expect(checked.length).toBeGreaterThan(0)
    for (const one of checked) {
      const who = JSON.stringify(one)
      expect(one.diameter, `of ${who}`).toBeLessThanOrEqual(one.halfVoxel + 0.1)
      expect(one.across, `of ${who}`).toBeLessThanOrEqual(one.halfPixel)
      expect(one.down, `of ${who}`).toBeLessThanOrEqual(one.halfPixel)
      expect(one.through, `of ${who}`).toBeLessThanOrEqual(one.halfStep)
    }
    // Each lesion stands out from what is around it in one series at least: in a low-dose CT of the liver none does, in the PET all.
    for (const lesion of new Set(checked.map((one) => one.lesion))) expect(Math.max(...checked.filter((one) => one.lesion === lesion).map(({ contrast }) => contrast)), `contrast of ${lesion}`).toBeGreaterThan(0.5)
  })

  it.skipIf(!program('dciodvfy'))('lies in files that pass dciodvfy, as do all images of a hospital as they are stored (needs dicom3tools)', async () => {
    const codec = await createHtj2kEncoder()
    const path = join(root, 'one.dcm')
    const faults = new Set<string>()
    let files = 0
    const check = (bytes: Uint8Array): void => {
      // dicom3tools of 2022 does not know HTJ2K: the file is told to be JPEG 2000, which changes nothing it looks at.
      const text = Buffer.from(bytes)
      const at = text.indexOf('1.2.840.10008.1.2.4.201')
      if (at > 0) text.write('1.2.840.10008.1.2.4.90\0', at, 'latin1')
      writeFileSync(path, text)
      const { stderr } = spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' })
      for (const line of stderr.split('\n')) if (line.startsWith('Error')) faults.add(line)
      files++
    }
    for (const plan of hospital) {
      let images = 0
      const { segmentations, structureSets } = await makeStudy(plan, codec, (bytes) => {
        images++
        // Slices of a stack differ in numbers alone: each tenth, but every image that is not of a long series.
        if (images % 10 === 1 || plan.parts.every(({ kind }) => kind !== 'chest' && kind !== 'prostateMr' && kind !== 'petCt')) check(bytes)
      })
      for (const bytes of [...segmentations, ...structureSets]) check(bytes)
    }
    expect([...faults]).toEqual([])
    expect(files).toBeGreaterThan(25)
  })
})
