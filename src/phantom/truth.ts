import type { CodedConcept, LabelMap } from '../domain/segmentation/types.ts'

/** How a lesion stands at a time point; sizes are those of the image, to 0.1 mm. */
export type LesionState = 'present' | 'too small to measure' | 'absent' | 'merged' | 'split'

/** A true lesion of one series. Whoever reads images never gets these. */
export type TrueLesion = {
  /** The same at every time point of a patient. */
  readonly lesion: string
  readonly type: string
  readonly site: CodedConcept
  readonly state: LesionState
  /** The lesion it merged into or split from. */
  readonly other?: string
  readonly seriesInstanceUid: string
  /** Centre: LPS mm of the series' frame of reference; absent where there is none (mammogram, ultrasound) or nothing is left. */
  readonly centre?: readonly [number, number, number]
  /** 0-based column and row of pixel centres and the image, where there is no frame of reference. */
  readonly pixel?: { readonly sopInstanceUid: string; readonly column: number; readonly row: number }
  /** Longest diameter in the plane of acquisition and the longest across it, mm. */
  readonly longestMm: number
  readonly shortestMm: number
  readonly volumeMm3?: number
}

/** Voxels of the true lesions over a series: value n is segment n, slices in geometric order as the series' planes. */
export type TrueMask = { readonly seriesInstanceUid: string; readonly labelMap: LabelMap; readonly segments: readonly { readonly number: number; readonly lesion: string; readonly type: CodedConcept }[] }

export type StudyTruth = { readonly lesions: readonly TrueLesion[]; readonly masks: readonly TrueMask[] }
