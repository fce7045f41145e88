import { describe, expect, it } from 'vitest'
import { deflateRawSync } from 'node:zlib'
import { encodePart10, explicitLittleEndian } from './write.ts'
import { frameBytes } from './frames.ts'
import { toDicomJson } from './json.ts'
import { readPart10, UnreadableFile } from './read.ts'

const pixels = new Uint8Array([1, 0, 2, 0, 3, 0, 4, 0])
const dataset = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.2', SOPInstanceUID: '1.2.3.4', SpecificCharacterSet: 'ISO_IR 192',
  PatientName: 'Müller^Jörg', PatientID: 'A1', ImagePositionPatient: [1.5, -2, 3], Rows: 2, Columns: 2, BitsAllocated: 16,
  SamplesPerPixel: 1, PixelData: pixels.buffer, ReferencedSeriesSequence: [{ SeriesInstanceUID: '1.2.9' }],
}

describe('a Part 10 file', () => {
  it('reads back what was written, text in its character set', async () => {
    const file = await readPart10(encodePart10(dataset))
    expect(file.transferSyntaxUid).toBe(explicitLittleEndian)
    const json = toDicomJson(file)
    expect(json['00100010']).toEqual({ vr: 'PN', Value: [{ Alphabetic: 'Müller^Jörg' }] })
    expect(json['00200032']?.Value).toEqual([1.5, -2, 3])
    expect(json['00081115']?.Value).toEqual([{ '0020000E': { vr: 'UI', Value: ['1.2.9'] } }])
    expect(json['7FE00010']).toBeUndefined()
    expect(frameBytes(file, 1)).toEqual(pixels)
  })

  it('of implicit VR has what is US or SS as its pixels are signed, and what is US or OW as bytes', async () => {
    const icon = { PixelPaddingValue: 63536, PixelRepresentation: 0 }
    const implicit = async (PixelRepresentation: number) => toDicomJson(await readPart10(encodePart10(
      { ...dataset, PixelRepresentation, PixelPaddingValue: PixelRepresentation ? -2000 : 63536, PixelPaddingRangeLimit: PixelRepresentation ? -1 : 65535, SmallestImagePixelValue: 5, IconImageSequence: [icon], ModalityLUTSequence: [{ LUTDescriptor: [2, PixelRepresentation ? -10 : 65526, 16], LUTData: new Uint16Array([1, 2]).buffer }] },
      { transferSyntaxUid: '1.2.840.10008.1.2' },
    )))
    const signed = await implicit(1)
    expect(signed['00280120']).toEqual({ vr: 'SS', Value: [-2000] })
    expect(signed['00280121']).toEqual({ vr: 'SS', Value: [-1] })
    expect(signed['00280106']).toEqual({ vr: 'SS', Value: [5] })
    expect(signed['00283000']?.Value).toEqual([{ '00283002': { vr: 'SS', Value: [2, -10, 16] }, '00283006': { vr: 'OW' } }])
    expect(signed['00880200']?.Value).toEqual([{ '00280103': { vr: 'US', Value: [0] }, '00280120': { vr: 'US', Value: [63536] } }])
    const unsigned = await implicit(0)
    expect(unsigned['00280120']).toEqual({ vr: 'US', Value: [63536] })
    expect(unsigned['00283000']?.Value).toMatchObject([{ '00283002': { vr: 'US', Value: [2, 65526, 16] } }])
  })

  it('says of a padding value that it is signed where its pixels are', async () => {
    const padding = async (PixelRepresentation: number, PixelPaddingValue: number) => toDicomJson(await readPart10(encodePart10({ ...dataset, PixelRepresentation, PixelPaddingValue })))['00280120']
    expect(await padding(1, -2000)).toEqual({ vr: 'SS', Value: [-2000] })
    expect(await padding(0, 63536)).toEqual({ vr: 'US', Value: [63536] })
  })

  it('is the same bytes for the same data set, with a zero preamble', () => {
    expect(encodePart10(dataset)).toEqual(encodePart10(dataset))
    expect(encodePart10(dataset).subarray(0, 128).every((byte) => byte === 0)).toBe(true)
  })

  it('cut off at any byte is read up to there or refused with a reason', async () => {
    const whole = encodePart10(dataset)
    for (let end = 0; end < whole.length; end++) {
      const outcome = await readPart10(whole.slice(0, end)).then(() => undefined, (error: unknown) => error)
      if (outcome !== undefined) expect(outcome).toBeInstanceOf(UnreadableFile)
    }
  })

  it('refuses a frame that is not there, naming it', async () => {
    const file = await readPart10(encodePart10(dataset))
    expect(() => frameBytes(file, 2)).toThrow('there is no frame 2: the instance has 1')
  })

  it('stops inflating at the cap', async () => {
    const plain = encodePart10(dataset, { transferSyntaxUid: '1.2.840.10008.1.2.1.99' })
    const start = 144 + new DataView(plain.buffer).getUint32(140, true)
    const bomb = Buffer.concat([plain.subarray(0, start), deflateRawSync(Buffer.alloc(32 * 2 ** 20))])
    await expect(readPart10(bomb, { caps: { bytes: 2 ** 20, inflatedBytes: 2 ** 20 } })).rejects.toThrow('inflate to more than')
  })

  it('reads a deflated data set', async () => {
    const plain = encodePart10(dataset, { transferSyntaxUid: '1.2.840.10008.1.2.1.99' })
    const start = 144 + new DataView(plain.buffer).getUint32(140, true)
    const deflated = Buffer.concat([plain.subarray(0, start), deflateRawSync(plain.subarray(start))])
    expect(toDicomJson(await readPart10(deflated))['00100020']?.Value).toEqual(['A1'])
  })

  it.each([
    ['too short', new Uint8Array(10)],
    ['no DICM', new Uint8Array(200)],
    ['cut in the meta information', encodePart10(dataset).slice(0, 150)],
  ])('refuses a file that is %s', async (_, bytes) => {
    await expect(readPart10(bytes)).rejects.toBeInstanceOf(UnreadableFile)
  })
})
