import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeFrame } from '../dicom/codec/decode.ts'
import { frameBytes } from '../dicom/file/frames.ts'
import { readPart10 } from '../dicom/file/read.ts'
import type { Volume } from '../inference/volume.ts'

/**
 * One CT of a person, LIDC-IDRI-0314, 1 mm slices stored in JPEG-LS: HU from the feet up, in LPS mm.
 * @param from first slice from the feet that is wanted, and how many; absent: all
 */
export const readLidcCt = async (folder: string, { from = 0, count = Infinity } = {}): Promise<Volume> => {
  const all = await Promise.all(readdirSync(folder).filter((name) => name.endsWith('.dcm')).map((name) => readPart10(readFileSync(join(folder, name)))))
  const number = ({ dataSet }: (typeof all)[number], tag: string, at = 0): number => dataSet.floatString(tag, at) ?? Number.NaN
  const files = all.sort((a, b) => number(a, 'x00200032', 2) - number(b, 'x00200032', 2)).slice(from, from + count)
  const [first, second] = files
  if (!first || !second) throw new Error(`${folder} holds no series`)
  const [rows, columns] = [first.dataSet.uint16('x00280010') ?? 0, first.dataSet.uint16('x00280011') ?? 0]
  const data = new Float32Array(rows * columns * files.length)
  for (const [slice, file] of files.entries()) {
    const stored = await decodeFrame(frameBytes(file, 1), file.transferSyntaxUid, { rows, columns, samples: 1, bitsAllocated: 16, bitsStored: file.dataSet.uint16('x00280101') ?? 16, signed: file.dataSet.uint16('x00280103') === 1 })
    const intercept = number(file, 'x00281052')
    for (let at = 0; at < stored.length; at++) data[slice * rows * columns + at] = (stored[at] ?? 0) + intercept
  }
  const [down, across] = [number(first, 'x00280030', 0), number(first, 'x00280030', 1)]
  return {
    data, dimensions: [columns, rows, files.length], origin: [0, 1, 2].map((axis) => number(first, 'x00200032', axis)) as [number, number, number],
    steps: [[across, 0, 0], [0, down, 0], [0, 0, number(second, 'x00200032', 2) - number(first, 'x00200032', 2)]],
  }
}

/** Pixels inside an outline of pixel centres: its own are the first outside (LIDC's documentation of edgeMap). */
const pixelsInside = (outline: readonly (readonly [number, number])[]): number => {
  const edge = new Set(outline.map(([x, y]) => `${x},${y}`))
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)]
  let count = 0
  for (let y = Math.min(...ys); y <= Math.max(...ys); y++) for (let x = Math.min(...xs); x <= Math.max(...xs); x++) {
    if (edge.has(`${x},${y}`)) continue
    let inside = false
    outline.forEach(([x1, y1], index) => {
      const [x0, y0] = outline[(index + outline.length - 1) % outline.length] ?? [x1, y1]
      if ((y1 > y) !== (y0 > y) && x < x1 + ((y - y1) / (y0 - y1)) * (x0 - x1)) inside = !inside
    })
    if (inside) count++
  }
  return count
}

/**
 * Volumes (mm3) of the nodule as each reader outlined it: pixels inside the outlines, slice by slice, less what is outlined as left out.
 * @param xml the readers' message; every reader has one outlined nodule here
 */
export const readerVolumes = (xml: string, voxelMm3: number): number[] => xml.split('<readingSession>').slice(1).map((session) => session.split('<roi>').slice(1).map((text) => text.slice(0, text.indexOf('</roi>'))).reduce((sum, roi) => {
  const outline = [...roi.matchAll(/<xCoord>(\d+)<\/xCoord>\s*<yCoord>(\d+)<\/yCoord>/g)].map(([, x, y]) => [Number(x), Number(y)] as const)
  return sum + (roi.includes('<inclusion>FALSE') ? -1 : 1) * (outline.length > 1 ? pixelsInside(outline) : 0) * voxelMm3
}, 0)).filter((volume) => volume > 0)
