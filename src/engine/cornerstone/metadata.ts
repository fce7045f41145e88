import { metaData } from '@cornerstonejs/core'
import type { EngineFrame, EngineSeries } from '../port.ts'

/** Image ids of our own scheme; what they stand for is kept here. */
export const scheme = 'ciw'
type Known = { readonly frame: EngineFrame; readonly series: EngineSeries }
const known = new Map<string, Known>()

export const imageIdOf = (series: EngineSeries, index: number): string => {
  const frame = series.frames[index]
  if (!frame) throw new Error(`the series has no frame ${index}`)
  const id = `${scheme}:${series.datasetId}/${frame.ref.studyInstanceUid}/${frame.ref.sopInstanceUid}/${frame.ref.frameNumber}`
  known.set(id, { frame, series })
  return id
}
export const knownImage = (imageId: string): Known | undefined => known.get(imageId)

const modules: Readonly<Record<string, (image: Known) => unknown>> = {
  imagePixelModule: ({ frame: { pixels } }) => ({ ...pixels }),
  imagePlaneModule: ({ frame: { plane, frameOfReferenceUid, pixels } }) => plane ? {
    frameOfReferenceUID: frameOfReferenceUid, rows: plane.rows, columns: plane.columns,
    imageOrientationPatient: [...plane.rowDirection, ...plane.columnDirection], rowCosines: [...plane.rowDirection], columnCosines: [...plane.columnDirection],
    imagePositionPatient: [...plane.origin], pixelSpacing: [plane.rowSpacingMm, plane.columnSpacingMm], rowPixelSpacing: plane.rowSpacingMm, columnPixelSpacing: plane.columnSpacingMm,
  } : { rows: pixels.rows, columns: pixels.columns, imageOrientationPatient: [1, 0, 0, 0, 1, 0], rowCosines: [1, 0, 0], columnCosines: [0, 1, 0], imagePositionPatient: [0, 0, 0], pixelSpacing: [1, 1], rowPixelSpacing: 1, columnPixelSpacing: 1 },
  voiLutModule: ({ frame: { windows } }) => windows.length > 0 ? { windowCenter: windows.map(({ centre }) => centre), windowWidth: windows.map(({ width }) => width) } : {},
  modalityLutModule: ({ frame: { rescale }, series }) => ({ rescaleSlope: rescale.slope, rescaleIntercept: rescale.intercept, modality: series.modality }),
  generalSeriesModule: ({ series }) => ({ modality: series.modality, seriesInstanceUID: series.seriesInstanceUid, studyInstanceUID: series.studyInstanceUid }),
  sopCommonModule: ({ frame: { ref } }) => ({ sopClassUID: ref.sopClassUid, sopInstanceUID: ref.sopInstanceUid }),
  transferSyntax: ({ frame }) => ({ transferSyntaxUID: frame.transferSyntaxUid }),
}

/** Answers Cornerstone's questions from our own frames; nothing is parsed twice. */
export const registerMetadata = (): void => {
  metaData.addProvider((type: string, imageId: string) => {
    const image = typeof imageId === 'string' ? known.get(imageId) : undefined
    return image ? modules[type]?.(image) : undefined
  }, 10_000)
}
