import type { DataSet } from 'dicom-parser'
import { vec3Of, type FramePlane } from '../../domain/geometry/points.ts'
import type { CodedConcept, Segment } from '../../domain/segmentation/types.ts'
import { unpackRle } from '../codec/rle.ts'
import { frameBytes } from '../file/frames.ts'
import { decodeText, textDecoderOf } from '../file/text.ts'
import { readPart10, UnreadableFile } from '../file/read.ts'
import { rleSyntax, wrongInRle } from '../guard/rle.ts'
import { unpackBits } from './bits.ts'
import { fromDicomLab } from './colour.ts'
import { labelMapStorage, segmentationStorage } from './encode.ts'

export type DecodedFrame = {
  /** Undefined in a label map: its values are the numbers of segments. */
  readonly segmentNumber: number | undefined
  readonly plane: FramePlane
  readonly sourceInstanceUid?: string
  /** A value a voxel, row by row: 0 and 1, fractions of `maximum`, or numbers of segments. */
  readonly values: () => Uint8Array
}
/** What made segments, as the file says it (PS3.3 C.8.20.4): Segment Algorithm Type, and of an algorithm its identification. */
export type DecodedAlgorithm = {
  readonly type: 'AUTOMATIC' | 'SEMIAUTOMATIC' | 'MANUAL' | undefined
  readonly name: string
  readonly version: string
  /** Of the network's weights, where the parameters name it as we write it. */
  readonly modelSha256: string | undefined
  /** What its maker says must be known of it. */
  readonly caution?: string
}
export type DecodedSegmentation = {
  readonly sopInstanceUid: string
  readonly kind: 'BINARY' | 'FRACTIONAL' | 'LABELMAP'
  /** What a voxel has that is wholly in a segment: 1, and Maximum Fractional Value where it is FRACTIONAL; of no meaning in a label map. */
  readonly maximum: number
  readonly description: string
  readonly frameOfReferenceUid: string
  readonly referencedSeriesUid: string | undefined
  /** Each once, in the order of the segments. */
  readonly algorithms: readonly DecodedAlgorithm[]
  readonly segments: readonly Segment[]
  readonly frames: readonly DecodedFrame[]
}

const items = (dataSet: DataSet | undefined, tag: string): DataSet[] => (dataSet?.elements[tag]?.items ?? []).flatMap((item) => item.dataSet ?? [])
const item = (dataSet: DataSet | undefined, tag: string): DataSet | undefined => items(dataSet, tag)[0]
const numbers = (dataSet: DataSet | undefined, tag: string, count: number): number[] | undefined => {
  const list = Array.from({ length: count }, (_, index) => dataSet?.floatString(tag, index))
  return list.every((value) => value !== undefined && Number.isFinite(value)) ? list as number[] : undefined
}

/**
 * A DICOM Segmentation (PS3.3 A.51, A.92) as frames that know their place: BINARY, FRACTIONAL or a label map of 8 bits, as it is or with RLE Lossless. Frames are unpacked when they are asked for.
 * @throws UnreadableFile naming what it is instead, or what is wrong with it
 */
export const decodeSegmentation = async (bytes: Uint8Array): Promise<DecodedSegmentation> => {
  const file = await readPart10(bytes)
  const { dataSet } = file
  const sopClass = dataSet.string('x00080016')
  const isMap = sopClass === labelMapStorage
  if (sopClass !== segmentationStorage && !isMap) throw new UnreadableFile('the object is not a segmentation')
  const said = dataSet.string('x00620001')
  const kind = isMap ? 'LABELMAP' : said === 'BINARY' || said === 'FRACTIONAL' ? said : undefined
  if (!kind) throw new UnreadableFile(`a segmentation of the kind ${said ?? 'unknown'} is not shown: only BINARY, FRACTIONAL and label maps`)
  const maximum = kind === 'FRACTIONAL' ? dataSet.uint16('x0062000e') ?? 0 : 1
  if (maximum < 1 || maximum > 255) throw new UnreadableFile(`the maximum fractional value is ${maximum}`)
  const [rows, columns, bits] = [dataSet.uint16('x00280010') ?? 0, dataSet.uint16('x00280011') ?? 0, dataSet.uint16('x00280100') ?? 0]
  const size = rows * columns
  if (size === 0) throw new UnreadableFile('the segmentation has no rows or columns')
  if (bits !== (kind === 'BINARY' ? 1 : 8)) throw new UnreadableFile(`${bits} bits a voxel are not read in a ${isMap ? 'label map' : `${kind.toLowerCase()} segmentation`}`)
  const perFrame = items(dataSet, 'x52009230')
  const count = Math.max(0, dataSet.intString('x00280008') ?? 0)
  if (count !== perFrame.length) throw new UnreadableFile(`the segmentation has ${count} frames and describes ${perFrame.length}`)
  const element = dataSet.elements['x7fe00010']
  const packed = element?.encapsulatedPixelData === true
  if (count > 0 && (!element || (packed && file.transferSyntaxUid !== rleSyntax))) throw new UnreadableFile('the voxels are missing, or compressed in a way that is not read')
  const runs = packed ? perFrame.map((_, index) => frameBytes(file, index + 1)) : []
  const layout = { rows, columns, bitsAllocated: kind === 'BINARY' ? 1 : 8 } as const
  for (const [index, frame] of runs.entries()) {
    const wrong = wrongInRle(frame, { ...layout, samplesPerPixel: 1 })
    if (wrong !== undefined) throw new UnreadableFile(`frame ${index + 1}: ${wrong}`)
  }
  const voxels = element && !packed ? dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length) : new Uint8Array()
  if (!packed && voxels.length * (8 / bits) < size * count) throw new UnreadableFile(`the voxels end before frame ${count}: ${voxels.length} bytes for ${count} frames of ${columns} x ${rows}`)

  const decoder = textDecoderOf(dataSet.string('x00080005'))
  const text = (from: DataSet | undefined, tag: string): string => {
    const found = from?.elements[tag]
    return from && found ? decodeText(from.byteArray.subarray(found.dataOffset, found.dataOffset + found.length), decoder).replace(/\0+$/, '').trim() : ''
  }
  const concept = (from: DataSet | undefined): CodedConcept => ({ value: text(from, 'x00080100'), scheme: text(from, 'x00080102'), meaning: text(from, 'x00080104') })
  // A label map may describe its background as segment 0.
  const sequence = items(dataSet, 'x00620002').filter((one) => one.uint16('x00620004') !== 0)
  const segments = sequence.map((one): Segment => {
    const lab = [0, 1, 2].map((index) => one.uint16('x0062000d', index))
    const region = item(one, 'x00082218')
    return {
      number: one.uint16('x00620004') ?? 0, label: text(one, 'x00620005'), category: concept(item(one, 'x00620003')), type: concept(item(one, 'x0062000f')), ...(region ? { anatomicRegion: concept(region) } : {}),
      colour: lab.every((value) => value !== undefined) ? fromDicomLab(lab as [number, number, number]) : [255, 200, 60], trackingId: text(one, 'x00620020'), trackingUid: text(one, 'x00620021'),
    }
  })
  const known = new Set(segments.map(({ number }) => number))
  const shared = item(dataSet, 'x52009229')
  const frames = perFrame.map((own, index): DecodedFrame => {
    const of = (group: string, tag: string, length: number): number[] | undefined => numbers(item(own, group), tag, length) ?? numbers(item(shared, group), tag, length)
    const [origin, orientation, spacing] = [of('x00209113', 'x00200032', 3), of('x00209116', 'x00200037', 6), of('x00289110', 'x00280030', 2)]
    if (!origin || !orientation || !spacing) throw new UnreadableFile(`frame ${index + 1} has no place in space`)
    const segmentNumber = isMap ? undefined : (item(own, 'x0062000a') ?? item(shared, 'x0062000a'))?.uint16('x0062000b')
    if (!isMap && (segmentNumber === undefined || !known.has(segmentNumber))) throw new UnreadableFile(`frame ${index + 1} belongs to no segment that is described`)
    const sourceInstanceUid = item(item(own, 'x00089124'), 'x00082112')?.string('x00081155')
    return {
      segmentNumber, ...(sourceInstanceUid ? { sourceInstanceUid } : {}),
      plane: { origin: vec3Of((axis) => origin[axis]), rowDirection: vec3Of((axis) => orientation[axis]), columnDirection: vec3Of((axis) => orientation[axis + 3]), rowSpacingMm: spacing[0] ?? 0, columnSpacingMm: spacing[1] ?? 0, rows, columns },
      values: () => {
        const own = runs[index] && unpackRle(runs[index], layout)
        if (bits === 8) return own ?? voxels.slice(index * size, (index + 1) * size)
        // Frames of one bit run on without a gap, but for those that are packed one by one.
        return own ? unpackBits(own, 0, size) : unpackBits(voxels, index, size)
      },
    }
  })
  const algorithms = new Map(sequence.map((one) => {
    const [identity, type] = [item(one, 'x00620007'), text(one, 'x00620008')]
    const parameters = text(identity, 'x00660032')
    const caution = /(?:^|; )caution: (.+)$/.exec(parameters)?.[1]
    const algorithm: DecodedAlgorithm = {
      type: type === 'AUTOMATIC' || type === 'SEMIAUTOMATIC' || type === 'MANUAL' ? type : undefined, name: text(identity, 'x00660036') || text(one, 'x00620009'), version: text(identity, 'x00660031'),
      modelSha256: /\bmodel sha256 ([0-9a-f]{64})\b/.exec(parameters)?.[1], ...(caution ? { caution } : {}),
    }
    return [JSON.stringify(algorithm), algorithm]
  }))
  return {
    sopInstanceUid: dataSet.string('x00080018') ?? '', kind, maximum, description: text(dataSet, 'x0008103e'), frameOfReferenceUid: dataSet.string('x00200052') ?? '',
    referencedSeriesUid: item(dataSet, 'x00081115')?.string('x0020000e'), segments, frames, algorithms: [...algorithms.values()],
  }
}
