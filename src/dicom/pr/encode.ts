import { toDecimalString } from '../../domain/measurement/measure.ts'
import { fitted, type ImageReference } from '../file/elements.ts'
import { creatorOf, headerOf, type ObjectHeader } from '../file/header.ts'
import { encodePart10, type NaturalDataset } from '../file/write.ts'
import { grayscalePresentationStorage, type DisplayedArea, type Graphic, type GraphicAnnotation, type GraphicLayer, type GraphicText, type PresentationState, type SoftcopyVoi } from './presentation.ts'

const imageItem = ({ sopClassUid, sopInstanceUid, frameNumbers }: ImageReference): NaturalDataset => ({ ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid, ...(frameNumbers ? { ReferencedFrameNumber: [...frameNumbers] } : {}) })
const ofImages = (images: readonly ImageReference[] | undefined): NaturalDataset => (images ? { ReferencedImageSequence: images.map(imageItem) } : {})
const yes = (value: boolean): string => (value ? 'Y' : 'N')

/** Whether it encloses anything that could be filled. */
const encloses = ({ type, points }: Graphic): boolean => {
  const [first, last] = [points[0], points.at(-1)]
  return type === 'CIRCLE' || type === 'ELLIPSE' || (points.length > 2 && first?.[0] === last?.[0] && first?.[1] === last?.[1])
}
const graphicItem = (graphic: Graphic): NaturalDataset => ({
  GraphicAnnotationUnits: graphic.units, GraphicDimensions: 2, NumberOfGraphicPoints: graphic.points.length, GraphicData: graphic.points.flat(), GraphicType: graphic.type,
  ...(encloses(graphic) || graphic.filled ? { GraphicFilled: yes(graphic.filled) } : {}), ...graphic.kept,
})

const textItem = ({ text, box, anchor, kept }: GraphicText): NaturalDataset => ({
  UnformattedTextValue: text, ...kept,
  ...(box ? { BoundingBoxAnnotationUnits: box.units, BoundingBoxTopLeftHandCorner: [...box.topLeft], BoundingBoxBottomRightHandCorner: [...box.bottomRight], BoundingBoxTextHorizontalJustification: box.justification } : {}),
  ...(anchor ? { AnchorPointAnnotationUnits: anchor.units, AnchorPoint: [...anchor.point], AnchorPointVisibility: yes(anchor.visible) } : {}),
})

const annotationItem = ({ images, layer, graphics, texts, unread = [], kept }: GraphicAnnotation): NaturalDataset => ({
  ...ofImages(images), GraphicLayer: layer, ...(texts.length > 0 ? { TextObjectSequence: texts.map(textItem) } : {}),
  ...(graphics.length + unread.length > 0 ? { GraphicObjectSequence: [...graphics.map(graphicItem), ...unread] } : {}), ...kept,
})

const layerItem = ({ name, order, description, gray, lab, kept }: GraphicLayer): NaturalDataset => ({
  GraphicLayer: name, GraphicLayerOrder: order, ...(gray === undefined ? {} : { GraphicLayerRecommendedDisplayGrayscaleValue: gray }), ...(lab ? { GraphicLayerRecommendedDisplayCIELabValue: [...lab] } : {}),
  ...(description ? { GraphicLayerDescription: description } : {}), ...kept,
})

const areaItem = ({ images, topLeft, bottomRight, mode, spacingMm, aspect, magnification, kept }: DisplayedArea): NaturalDataset => ({
  ...ofImages(images), DisplayedAreaTopLeftHandCorner: [...topLeft], DisplayedAreaBottomRightHandCorner: [...bottomRight], PresentationSizeMode: mode, ...(spacingMm ? { PresentationPixelSpacing: spacingMm.map(toDecimalString) } : {}),
  ...(aspect ? { PresentationPixelAspectRatio: [...aspect] } : {}), ...(magnification === undefined ? {} : { PresentationPixelMagnificationRatio: magnification }), ...kept,
})

const voiItem = ({ images, windows, lutFunction, kept }: SoftcopyVoi): NaturalDataset => ({
  ...ofImages(images), ...(windows.length > 0 ? { WindowCenter: windows.map(({ centre }) => toDecimalString(centre)), WindowWidth: windows.map(({ width }) => toDecimalString(width)) } : {}),
  ...(windows.some(({ explanation }) => explanation) ? { WindowCenterWidthExplanation: windows.map(({ explanation }) => explanation) } : {}), ...(lutFunction ? { VOILUTFunction: lutFunction } : {}), ...kept,
})

/** @throws Error naming what does not fit */
const check = ({ label, references, areas, layers, annotations }: PresentationState): void => {
  if (!/^[A-Z0-9_ ]{1,16}$/.test(label)) throw new Error(`"${label}" is no label: capitals, digits and _, 16 at most`)
  if (!references.some(({ images }) => images.length > 0)) throw new Error('the presentation state belongs to no image')
  if (areas.length === 0) throw new Error('the presentation state has no displayed area')
  if (areas.some(({ spacingMm, aspect }) => !spacingMm && !aspect)) throw new Error('a displayed area has neither the spacing nor the aspect of its pixels')
  const unknown = annotations.find(({ layer }) => !layers.some(({ name }) => name === layer))
  if (unknown) throw new Error(`the layer ${unknown.layer} is not described`)
}

/**
 * How images are to be shown, as a Grayscale Softcopy Presentation State (PS3.3 A.33.1), as a Part 10 file. The same content gives the same
 * bytes.
 * @throws Error naming what does not fit: the label, no image, no displayed area, a layer that is not described
 */
export const encodePresentationState = (state: PresentationState, header: ObjectHeader): Uint8Array<ArrayBuffer> => {
  check(state)
  const { label, description, references, transformation, areas, voi, layers, annotations, presentationLut, kept } = state
  return encodePart10({
    ...headerOf(header, { sopClassUid: grayscalePresentationStorage, modality: 'PR', description: description || 'Presentation' }),
    // Type 2C where nobody says which part of the body it is (PS3.3 C.7.3.1).
    Laterality: '',
    ContentLabel: label, ContentDescription: fitted(description, 64), PresentationCreationDate: header.date, PresentationCreationTime: header.time, ContentCreatorName: creatorOf(header),
    ReferencedSeriesSequence: references.map(({ seriesInstanceUid, images, kept: keptOfSeries }) => ({ SeriesInstanceUID: seriesInstanceUid, ReferencedImageSequence: images.map(imageItem), ...keptOfSeries })),
    ...(transformation ? { ImageRotation: transformation.rotation, ImageHorizontalFlip: yes(transformation.flipped) } : {}),
    DisplayedAreaSelectionSequence: areas.map(areaItem), ...(voi.length > 0 ? { SoftcopyVOILUTSequence: voi.map(voiItem) } : {}),
    ...(layers.length > 0 ? { GraphicLayerSequence: layers.map(layerItem) } : {}), ...(annotations.length > 0 ? { GraphicAnnotationSequence: annotations.map(annotationItem) } : {}),
    ...(presentationLut ? { PresentationLUTShape: presentationLut } : {}), ...kept,
  })
}
