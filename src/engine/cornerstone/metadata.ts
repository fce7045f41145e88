import { metaData } from '@cornerstonejs/core'
import { drawnPlane } from '../../domain/geometry/plane.ts'
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
/** What was closed is not held in memory: images of these series, all where none is named. */
export const forgetImages = (closed: (series: EngineSeries) => boolean = () => true): string[] => {
  const gone = [...known].filter(([, { series }]) => closed(series)).map(([id]) => id)
  for (const id of gone) known.delete(id)
  return gone
}
export const knownImage = (imageId: string): Known | undefined => known.get(imageId)

const modules: Readonly<Record<string, (image: Known) => unknown>> = {
  imagePixelModule: ({ frame: { pixels } }) => ({ ...pixels }),
  imagePlaneModule: ({ frame }) => {
    const { origin, rowDirection, columnDirection, rowSpacingMm, columnSpacingMm, rows, columns } = drawnPlane(frame)
    return {
      ...(frame.plane ? { frameOfReferenceUID: frame.frameOfReferenceUid } : {}), rows, columns,
      imageOrientationPatient: [...rowDirection, ...columnDirection], rowCosines: [...rowDirection], columnCosines: [...columnDirection],
      imagePositionPatient: [...origin], pixelSpacing: [rowSpacingMm, columnSpacingMm], rowPixelSpacing: rowSpacingMm, columnPixelSpacing: columnSpacingMm,
    }
  },
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
