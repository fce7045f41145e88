import { decodeFrame } from '../../dicom/codec/decode.ts'
import { frameBytes } from '../../dicom/file/frames.ts'
import type { Part10File } from '../../dicom/file/read.ts'
import { linearGray, percentileWindow } from '../../domain/display/window.ts'
import { encodePng } from './png.ts'

/**
 * A frame as an 8-bit PNG by its own first window, or the 1st to 99th percentile (PS3.18 8.3.5).
 * @param frame from 1
 * @param maximum longest side in pixels; smaller frames stay as they are
 * @throws UnreadableFile where the frame cannot be decoded
 */
export const renderFrame = async (file: Part10File, frame: number, maximum: number): Promise<Buffer> => {
  const { dataSet } = file
  const number = (tag: string, fallback: number) => dataSet.uint16(tag) ?? fallback
  const rows = number('x00280010', 0)
  const columns = number('x00280011', 0)
  const samples = number('x00280002', 1)
  const pixels = await decodeFrame(frameBytes(file, frame), file.transferSyntaxUid, {
    rows, columns, samples, bitsAllocated: number('x00280100', 16), bitsStored: number('x00280101', 16), signed: number('x00280103', 0) === 1,
  })
  const step = Math.max(1, Math.max(rows, columns) / maximum)
  const width = Math.max(1, Math.floor(columns / step))
  const height = Math.max(1, Math.floor(rows / step))
  const at = (x: number, y: number, sample: number) => pixels[(Math.floor((y + 0.5) * step) * columns + Math.floor((x + 0.5) * step)) * samples + sample] ?? 0
  if (samples === 3) {
    const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => at(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3))
    return encodePng(width, height, rgb, 3)
  }
  const slope = dataSet.floatString('x00281053') ?? 1
  const intercept = dataSet.floatString('x00281052') ?? 0
  const centre = dataSet.floatString('x00281050')
  const wide = dataSet.floatString('x00281051')
  const range = percentileWindow(pixels)
  const window = centre !== undefined && wide !== undefined && wide >= 1
    ? { centre, width: wide }
    : { centre: range.centre * slope + intercept, width: Math.max(1, range.width * Math.abs(slope)) }
  const inverted = dataSet.string('x00280004') === 'MONOCHROME1'
  const gray = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = linearGray(at(x, y, 0) * slope + intercept, window)
      gray[y * width + x] = inverted ? 255 - value : value
    }
  }
  return encodePng(width, height, gray, 1)
}
