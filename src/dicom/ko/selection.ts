import type { CodedConcept } from '../../domain/segmentation/types.ts'
import type { ImageReference } from '../file/elements.ts'
import type { DicomJson } from '../file/json.ts'
import titles from './titles.json' with { type: 'json' }

export const keyObjectSelectionStorage = '1.2.840.10008.5.1.4.1.1.88.59'

/** What a selection is for (PS3.16 CID 7010). */
export const keyObjectTitle = (name: keyof typeof titles): CodedConcept => {
  const [value = '', scheme = '', meaning = ''] = titles[name]
  return { value, scheme, meaning }
}

/** An instance by all its names. */
export type KeyInstance = ImageReference & { readonly studyInstanceUid: string; readonly seriesInstanceUid: string }
/** Something selected; `kept` and `keptOfItem` are elements that are not understood, as they were read. */
export type KeyObject = KeyInstance & { readonly valueType: 'IMAGE' | 'COMPOSITE' | 'WAVEFORM'; readonly kept?: DicomJson; readonly keptOfItem?: DicomJson }

/** A Key Object Selection (PS3.16 TID 2010): what it is for, what is said of it, what is selected. */
export type KeyObjectSelection = {
  readonly title: CodedConcept
  /** Document Title Modifier: why something is rejected, or best (CID 7011, 7012). */
  readonly modifiers: readonly CodedConcept[]
  readonly description: string
  readonly language?: CodedConcept
  /** In the order they are shown; of one study or several. */
  readonly objects: readonly KeyObject[]
  /** Instances that are evidence without being selected. */
  readonly furtherEvidence?: readonly KeyInstance[]
  /** Content items that are not understood, as they were read. */
  readonly keptItems?: readonly DicomJson[]
}
