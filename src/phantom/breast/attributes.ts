import type { NaturalDataset } from '../../dicom/file/write.ts'
import type { CodedConcept } from '../../domain/segmentation/types.ts'
import type { LesionShape } from './lesions.ts'
import type { BreastLesion, BreastLesionKind, Exposure } from './plan.ts'

export const coded = (value: string, scheme: string, meaning: string) => ({ CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning })
export const breastRegion = coded('76752008', 'SCT', 'Breast')

/** Whether the columns of a picture drawn with the chest wall at the left are turned about when stored. */
export const isFlipped = ({ side, mirrored }: Exposure): boolean => (side === 'R') !== (mirrored === true)

/**
 * Patient Orientation (PS3.3 C.7.6.1.1.1): a right breast hangs with its chest wall at the right, rows run to posterior;
 * columns run to medial in a CC, to the feet and medial in an MLO.
 */
export const orientationOf = ({ side, view, mirrored }: Exposure): [string, string] => {
  const hung = side === 'R' ? 'P' : 'A'
  const medial = side === 'R' ? 'L' : 'R'
  return [mirrored ? (hung === 'P' ? 'A' : 'P') : hung, view === 'CC' ? medial : `F${medial}`]
}

/** View Code and its modifiers (CID 4014, 4015). */
export const viewCode = ({ view, implantDisplaced }: Exposure): NaturalDataset => ({
  ...(view === 'CC' ? coded('399162004', 'SCT', 'cranio-caudal') : coded('399368009', 'SCT', 'medio-lateral oblique')),
  ViewModifierCodeSequence: implantDisplaced ? [coded('399209000', 'SCT', 'Implant Displaced')] : [],
})

export const viewName = ({ side, view, implantDisplaced }: Exposure): string => `${side} ${view}${implantDisplaced ? ' ID' : ''}`

/** The quadrant of a lesion, or the centre near the nipple's axis. */
export const siteOf = ({ place: { lateral, superior } }: BreastLesion): CodedConcept => {
  const concept = (value: string, meaning: string): CodedConcept => ({ value, scheme: 'SCT', meaning })
  if (Math.hypot(lateral, superior) < 0.15) return concept('129786000', 'Central region of breast')
  if (superior >= 0) return lateral >= 0 ? concept('76365002', 'Upper outer quadrant of breast') : concept('77831004', 'Upper inner quadrant of breast')
  return lateral >= 0 ? concept('33564002', 'Lower outer quadrant of breast') : concept('19100000', 'Lower inner quadrant of breast')
}

export const typeOf: Readonly<Record<BreastLesionKind, CodedConcept>> = {
  'mass': { value: '129788004', scheme: 'SCT', meaning: 'Mammographic breast mass' },
  'spiculated mass': { value: '129788004', scheme: 'SCT', meaning: 'Mammographic breast mass' },
  'calcifications': { value: '129769006', scheme: 'SCT', meaning: 'Calcification Cluster' },
  'distortion': { value: '129792006', scheme: 'SCT', meaning: 'Architectural distortion of breast' },
}

const tenth = (value: number): number => Math.round(value * 10) / 10

/** Diameters of a lesion in a view, to 0.1 mm of the body. */
export const sizeOf = ({ extent: { longest, shortest } }: LesionShape) => ({ longestMm: tenth(longest), shortestMm: tenth(shortest) })
