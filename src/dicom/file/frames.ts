import dicomParser from 'dicom-parser'
import { UnreadableFile, type Part10File } from './read.ts'

/** How many frames the file says it has. */
export const numberOfFrames = (file: Part10File): number => Math.max(1, file.dataSet.intString('x00280008') ?? 1)

/**
 * The stored bytes of one frame: a slice of native Pixel Data, or the joined fragments of an encapsulated frame (PS3.5 A.4).
 * @param frame from 1
 * @throws UnreadableFile where there is no such frame or the data end before it
 */
export const frameBytes = (file: Part10File, frame: number): Uint8Array => {
  const { dataSet } = file
  const element = dataSet.elements['x7fe00010'] ?? dataSet.elements['x7fe00008'] ?? dataSet.elements['x7fe00009']
  const frames = numberOfFrames(file)
  if (!element) throw new UnreadableFile('the instance has no pixel data')
  if (!Number.isInteger(frame) || frame < 1 || frame > frames) throw new UnreadableFile(`there is no frame ${frame}: the instance has ${frames}`)
  if (element.encapsulatedPixelData) return encapsulatedFrame(file, element, frame, frames)
  const rows = dataSet.uint16('x00280010') ?? 0
  const columns = dataSet.uint16('x00280011') ?? 0
  const bits = (dataSet.uint16('x00280002') ?? 1) * (dataSet.uint16('x00280100') ?? 0) * rows * columns
  if (bits % 8 !== 0) {
    if (frames > 1) throw new UnreadableFile('frames of this bit depth do not begin at whole bytes')
    return dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + Math.ceil(bits / 8))
  }
  const length = bits / 8
  const start = element.dataOffset + (frame - 1) * length
  if (length === 0 || start + length > element.dataOffset + element.length) {
    throw new UnreadableFile(`the pixel data end before frame ${frame} of ${frames}`)
  }
  return dataSet.byteArray.subarray(start, start + length)
}

const encapsulatedFrame = (file: Part10File, element: dicomParser.Element, frame: number, frames: number): Uint8Array => {
  const { dataSet } = file
  const fragments = element.fragments ?? []
  try {
    if (frames === 1) return new Uint8Array(dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, 0, fragments.length))
    if (fragments.length === frames) return new Uint8Array(dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, frame - 1, 1))
    const table = element.basicOffsetTable?.length ? element.basicOffsetTable : dicomParser.createJPEGBasicOffsetTable(dataSet, element)
    return new Uint8Array(dicomParser.readEncapsulatedImageFrame(dataSet, element, frame - 1, table))
  } catch (error) {
    throw new UnreadableFile(`frame ${frame} cannot be found among ${fragments.length} fragments: ${String(error)}`)
  }
}
