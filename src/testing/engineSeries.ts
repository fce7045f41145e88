import type { EngineSeries } from '../engine/port.ts'

export type GeneratedSeries = {
  /** Part of every UID: two series of one name share the page's image cache. */
  readonly name: string
  readonly rows?: number
  readonly columns?: number
  readonly slices?: number
  /** mm between rows, mm between columns. */
  readonly pixelSpacing?: readonly [number, number]
  readonly sliceSpacingMm?: number
  readonly window?: { readonly width: number; readonly centre: number }
  readonly transferSyntaxUid?: string
  /** HU of a pixel. */
  readonly hu?: (column: number, row: number, slice: number) => number
  /** Answers in place of the frame of a slice; may only wait with it. */
  readonly answer?: (slice: number) => Response | Promise<Response | undefined> | undefined
}

/** An axial CT as the engine takes it, and a `fetch` that serves its frames as an archive does: 16 bits signed, intercept -1024. */
export const generatedSeries = ({
  name, rows = 64, columns = 64, slices = 8, pixelSpacing = [1, 1], sliceSpacingMm = 2, window = { width: 400, centre: 40 }, transferSyntaxUid = '1.2.840.10008.1.2.1', hu = () => 0, answer = () => undefined,
}: GeneratedSeries): { series: EngineSeries; fetch: typeof globalThis.fetch; asked: number[] } => {
  const asked: number[] = []
  const uid = `2.25.${[...name].map((letter) => letter.charCodeAt(0)).join('')}`
  const frameOf = (slice: number): Response => {
    const stored = new Int16Array(rows * columns)
    for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) stored[row * columns + column] = hu(column, row, slice) + 1024
    return new Response(stored.buffer, { headers: { 'content-type': `application/octet-stream; transfer-syntax=${transferSyntaxUid}` } })
  }
  const series: EngineSeries = {
    datasetId: 'generated', studyInstanceUid: uid, seriesInstanceUid: `${uid}.1`, modality: 'CT', description: name,
    frames: Array.from({ length: slices }, (_, slice) => ({
      ref: { studyInstanceUid: uid, seriesInstanceUid: `${uid}.1`, sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: `${uid}.1.${slice + 1}`, frameNumber: 1 },
      plane: { origin: [-20, -30, 100 + slice * sliceSpacingMm], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0], rowSpacingMm: pixelSpacing[0], columnSpacingMm: pixelSpacing[1], rows, columns },
      frameOfReferenceUid: `${uid}.2`,
      pixels: { rows, columns, samplesPerPixel: 1, photometricInterpretation: 'MONOCHROME2', planarConfiguration: 0, bitsAllocated: 16, bitsStored: 16, highBit: 15, pixelRepresentation: 1 },
      rescale: { slope: 1, intercept: -1024 }, windows: [window], transferSyntaxUid,
    })),
  }
  return {
    series, asked,
    fetch: async (input) => {
      const slice = Number(/instances\/[\d.]+\.(\d+)\/frames/.exec(String(input))?.[1]) - 1
      asked.push(slice)
      return await answer(slice) ?? frameOf(slice)
    },
  }
}
