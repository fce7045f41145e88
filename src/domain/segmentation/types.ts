export type CodedConcept = { readonly value: string; readonly scheme: string; readonly meaning: string }

/** One segment of a segmentation (PS3.3 C.8.20.4). */
export type Segment = {
  /** Segment Number: its value in the label map, from 1. */
  readonly number: number
  readonly label: string
  readonly category: CodedConcept
  readonly type: CodedConcept
  readonly anatomicRegion?: CodedConcept
  /** sRGB, 0 to 255. */
  readonly colour: readonly [number, number, number]
  /** Tracking UID and ID: the identity of what is segmented over versions. */
  readonly trackingUid: string
  readonly trackingId: string
}

/**
 * Labels on the grid of a series: frame k belongs to frame k of the series in geometric order; the index is
 * k * rows * columns + row * columns + column; 0 is background.
 */
export type LabelMap = { readonly columns: number; readonly rows: number; readonly slices: number; readonly data: Uint8Array }

/** How likely each voxel is in each segment: `data[s]` of segment s + 1, indexed as a label map is; from 0 to `maximum`, which is certain. */
export type Fractions = { readonly columns: number; readonly rows: number; readonly slices: number; /** 1 to 255. */ readonly maximum: number; readonly data: readonly Uint8Array[] }
