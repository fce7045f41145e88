import type { SegmentationContent } from '../../../dicom/seg/encode.ts'
import type { CodedConcept, Segment } from '../../../domain/segmentation/types.ts'
import type { PlacedMask } from '../../../domain/segmentation/regrid.ts'
import type { ReadMask } from '../../../workspace/index.ts'

const concept = (value: string, meaning: string): CodedConcept => ({ value, scheme: 'SCT', meaning })
/** What a mask may show, as category and type: the file does not say it, a person does. */
const kinds = {
  lesion: [concept('49755003', 'Morphologically Abnormal Structure'), concept('52988006', 'Lesion')],
  structure: [concept('123037004', 'Anatomical Structure'), concept('123037004', 'Anatomical Structure')],
  tissue: [concept('85756007', 'Tissue'), concept('85756007', 'Tissue')],
} as const
export type MaskKind = keyof typeof kinds
export const maskKinds = Object.keys(kinds) as MaskKind[]

/** Colours that can be told apart, one after another. */
const palette = [[228, 26, 28], [55, 126, 184], [77, 175, 74], [255, 200, 60], [152, 78, 163], [255, 127, 0], [92, 178, 201], [247, 129, 191]] as const

/** A mask that a person takes for a series. */
export type ImportedMask = { readonly name: string; readonly kind: MaskKind; readonly placed: PlacedMask; readonly said: ReadMask['said']; readonly format: ReadMask['format']; /** Of the file. */ readonly sha256: string }

/** What a label of a mask is called: as its file says, else by the mask's name. */
export const labelOf = (value: number, { name, placed: { labels }, said }: Pick<ImportedMask, 'name' | 'placed' | 'said'>): string => said.get(value)?.name ?? (labels.length === 1 ? name : `${name} ${value}`)

/**
 * A segmentation of an imported mask: SEMIAUTOMATIC, for nobody here knows how it was made, and a person chose it. The file stands there by
 * its hash; its name does not, since names of files hold names of patients.
 */
export const segmentationOfMask = (mask: ImportedMask, newUid: () => string): Omit<SegmentationContent, 'frames'> => ({
  labelMap: mask.placed.labelMap, description: mask.name,
  segments: mask.placed.labels.map(({ number, value }): Segment => {
    const [category, type] = kinds[mask.kind]
    const label = labelOf(value, mask)
    return { number, label, category, type, colour: mask.said.get(value)?.colour ?? palette[(number - 1) % palette.length] ?? palette[0], trackingId: label.slice(0, 64), trackingUid: newUid() }
  }),
  algorithm: {
    type: 'SEMIAUTOMATIC', name: `Imported ${mask.format} mask`, version: '1', family: 'manualProcessing', fileSha256: mask.sha256,
    caution: mask.placed.resampled ? 'imported from a mask file on another lattice, nearest voxels; how it was made is not known' : 'imported from a mask file; how it was made is not known',
  },
})
