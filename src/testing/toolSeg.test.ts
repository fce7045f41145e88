import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../hub/tools/lung-fields/tool.json' with { type: 'json' }
import { frameBytes } from '../dicom/file/frames.ts'
import { toDicomJson } from '../dicom/file/json.ts'
import { readPart10 } from '../dicom/file/read.ts'
import { encodeSegmentation, type SegmentedFrame } from '../dicom/seg/encode.ts'
import { gridOfFrames } from '../domain/geometry/grid.ts'
import { add, norm, scale, subtract, toWorld } from '../domain/geometry/plane.ts'
import type { Vec3 } from '../domain/geometry/points.ts'
import { toEngineStacks } from '../features/viewer/series.ts'
import { runPipeline } from '../inference/runPipeline.ts'
import { createNodeRuntime } from '../node/wasmRuntime.ts'
import { chestImages } from '../phantom/chest/images.ts'
import { encodeImage } from '../phantom/image.ts'
import { planStudies } from '../phantom/plan.ts'
import { uidOf } from './dicom.ts'
import { program } from './programs.ts'

const [first] = planStudies('one')['brzezina'] ?? []
const [plan] = first?.parts ?? []
if (plan?.kind !== 'chest' || !plan.series[0]) throw new Error('the plan has no chest')
const [small] = plan.series

/** A generated case as files, run through the shipped tool, written as SEG and read by pydicom. */
const throughTool = async (reversed: boolean) => {
  const files = await Promise.all([...chestImages({ ...plan, series: [{ ...small, reversed }] })].map((image) => readPart10(encodeImage(image))))
  const json = files.map((file) => toDicomJson(file))
  const frames = toEngineStacks(json, 'test').stacks[0]?.series.frames ?? []
  const byUid = new Map(files.map((file) => [file.dataSet.string('x00080018'), file]))
  const placed = frames.flatMap(({ ref, plane, frameOfReferenceUid }): SegmentedFrame[] => (plane && frameOfReferenceUid ? [{ ref, plane, frameOfReferenceUid }] : []))
  expect(placed).toHaveLength(files.length)
  const size = small.rows * small.columns
  const data = new Float32Array(size * placed.length)
  placed.forEach(({ ref }, slice) => {
    const file = byUid.get(ref.sopInstanceUid)
    if (file) data.set(Float32Array.from(new Uint16Array(frameBytes(file, 1).slice().buffer), (value) => value - 1024), slice * size)
  })
  const outcome = await runPipeline({
    steps: manifest.pipeline, model: readFileSync('src/hub/tools/lung-fields/model.onnx'), volume: { ...gridOfFrames(placed.map(({ plane }) => plane)), data }, onProgress: () => undefined, runtime: createNodeRuntime(),
  })
  if (outcome.kind !== 'labels') throw new Error('no labels came')
  const [output] = manifest.outputs
  const bytes = encodeSegmentation({
    frames: placed, labelMap: { columns: small.columns, rows: small.rows, slices: placed.length, data: outcome.labels }, algorithm: { type: 'AUTOMATIC', name: manifest.name, version: manifest.version, modelSha256: manifest.files[0]?.sha256 ?? '' },
    segments: [{ number: 1, label: output?.label ?? '', category: output?.category ?? { value: '', scheme: '', meaning: '' }, type: output?.type ?? { value: '', scheme: '', meaning: '' }, colour: [92, 178, 201], trackingId: 'Lung', trackingUid: uidOf('lung') }],
    sopInstanceUid: uidOf('seg'), seriesInstanceUid: uidOf('seg series'), seriesNumber: 9100, instanceNumber: 1, source: json[0] ?? {}, creator: 'Rossi^Anna', device: { uid: uidOf('device'), name: 'Imaging Workbench', version: '0.1.0' }, date: '20260105', time: '120000',
  })
  const voxels = [...outcome.labels.entries()].filter(([, label]) => label === 1).map(([v]) => v)
  const sum = voxels.reduce<Vec3>((total, v) => add(total, toWorld(placed[Math.floor(v / size)]?.plane ?? placed[0]?.plane as never, [(v % small.columns) + 0.5, (Math.floor(v / small.columns) % small.rows) + 0.5])), [0, 0, 0])
  return { bytes, voxels: voxels.length, centroid: scale(sum, 1 / voxels.length) }
}

describe('the segmentation of the shipped tool', () => {
  it.skipIf(!program('pydicom') || !program('dciodvfy')).each([false, true])('has its centroid within half a voxel of the label map\'s, slices stored in reverse: %s (needs python3-pydicom, dicom3tools)', async (reversed) => {
    const { bytes, voxels, centroid } = await throughTool(reversed)
    const folder = mkdtempSync(join(tmpdir(), 'ciw-tool-'))
    const path = join(folder, 'seg.dcm')
    writeFileSync(path, bytes)
    const read = spawnSync('/usr/bin/python3', ['src/testing/reference/read_seg.py', path], { encoding: 'utf8' })
    const checked = spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' }).stderr
    rmSync(folder, { recursive: true })
    expect(read.stderr).toBe('')
    const [segment] = (JSON.parse(read.stdout) as { segments: { voxels: number; centroid: Vec3; algorithm: string[] }[] }).segments
    expect(segment?.voxels).toBe(voxels)
    expect(voxels).toBeGreaterThan(50_000)
    // Half of the smallest side of a voxel: 0.6 mm is the pixel's.
    expect(norm(subtract(segment?.centroid ?? [0, 0, 0], centroid))).toBeLessThan(Math.min(...small.pixelSpacing, small.spacingMm) / 2)
    expect(segment?.algorithm).toEqual([manifest.name, manifest.version, `model sha256 ${manifest.files[0]?.sha256}`])
    expect(checked.split('\n').filter((line) => line.startsWith('Error'))).toEqual([])
  })
})
