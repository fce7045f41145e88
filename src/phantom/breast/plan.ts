import type { Study } from '../study.ts'

export type Side = 'R' | 'L'
export type View = 'CC' | 'MLO'

/** Which machine made the images: how it writes values and what it calls itself. Fictional makers only. */
export type MammographyMaker = {
  readonly manufacturer: string
  readonly model: string
  /** `sigmoid`: VOI LUT Function SIGMOID about the upper middle of 12 bits; `linear`: a plain window over most of 12 bits. */
  readonly look: 'sigmoid' | 'linear'
  /** How far from the skin the picture falls off to black, mm: small where the maker evens out the thinner rim. */
  readonly rimMm: number
  /** A plate with side and view on the picture, at the axillary side of the detector. */
  readonly marker: boolean
  /** Images are stored black on white: MONOCHROME1, Presentation LUT Shape INVERSE. */
  readonly monochrome1?: boolean
}

export type BreastLesionKind = 'mass' | 'spiculated mass' | 'calcifications' | 'distortion'

/** A lesion as it is at the time of a study. */
export type BreastLesion = {
  /** The same at every time point. */
  readonly lesion: string
  readonly kind: BreastLesionKind
  readonly side: Side
  /** Depth from the chest wall (0) to the nipple (1); lateral (1) to medial (-1); superior (1) to inferior (-1), each as a share of what there is at that depth. */
  readonly place: { readonly depth: number; readonly lateral: number; readonly superior: number }
  /** Longest diameter in the picture, mm of the body; 0: not there yet or no more. For a distortion and a cluster, its whole extent. */
  readonly longestMm: number
  /** Shortest by longest diameter, 0.5 to 1. */
  readonly roundness: number
  /** Added brightness, as a share of black to white: 0.1 subtle, 0.3 plain. */
  readonly contrast: number
  /** Only in this view: overlaid by tissue in the other. */
  readonly seenIn?: View
}

/** One exposure of a study. */
export type Exposure = {
  readonly side: Side
  readonly view: View
  /** The implant is pushed back and the breast pulled forward (Eklund). */
  readonly implantDisplaced?: boolean
  /** Columns stored the other way round than the picture hangs (chest wall at the other edge); the tags say so. */
  readonly mirrored?: boolean
}

/** A woman's breasts: the same at all her studies. */
export type BreastAnatomy = {
  readonly seed: number
  /** 0 fat alone to 1 extremely dense; BI-RADS a under 0.25, b, c, d from 0.75. */
  readonly density: number
  /** 0 small to 1 large. */
  readonly size: number
  readonly implants?: boolean
}

/** What a picture is made with: matrix, spacing at the detector, and what may be left out for a measurement. */
export type MammographyMatrix = {
  readonly rows: number
  readonly columns: number
  /** Imager Pixel Spacing at the detector, mm (square). */
  readonly imagerPixelSpacingMm: number
  /** Estimated Radiographic Magnification Factor: mm of the body = mm at the detector / factor (PS3.3 C.8.11.7). */
  readonly magnification: number
}

/** Mammography of one date: a file an exposure, each in a series of its own, For Presentation. */
export type MammographyCase = {
  readonly kind: 'mammography'
  readonly study: Study
  readonly anatomy: BreastAnatomy
  /** Draws how the breasts lie this time. */
  readonly positioningSeed: number
  readonly maker: MammographyMaker
  readonly matrix: MammographyMatrix
  readonly exposures: readonly Exposure[]
  readonly lesions: readonly BreastLesion[]
}

/** Tomosynthesis of one view: one multi-frame instance of planes parallel to the detector, the lowest first. */
export type TomosynthesisCase = {
  readonly kind: 'tomosynthesis'
  readonly study: Study
  readonly anatomy: BreastAnatomy
  readonly positioningSeed: number
  readonly maker: Pick<MammographyMaker, 'manufacturer' | 'model' | 'look' | 'rimMm'>
  readonly exposure: Exposure
  readonly rows: number
  readonly columns: number
  /** mm of the body, square: reconstructions are made at true size. */
  readonly pixelSpacingMm: number
  readonly frames: number
  readonly frameSpacingMm: number
  readonly lesions: readonly BreastLesion[]
  /** First Series Number of this in the study: 1 unless it lies beside mammograms. */
  readonly seriesNumber: number
}

/** For tests that measure: `plain` leaves out texture, strands and noise, so that what remains of a difference is the lesion. */
export type RenderOptions = { readonly plain?: boolean }
