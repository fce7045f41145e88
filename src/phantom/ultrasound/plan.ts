import type { Study } from '../study.ts'

/** A lesion of the breast as ultrasound shows it: an ellipsoid with an uneven border. */
export type UltrasoundLesion = {
  readonly lesion: string
  /** `cyst`: echo-free with enhancement behind it; `fibroadenoma`: smooth and wide; `carcinoma`: uneven, taller than wide, with a shadow. */
  readonly kind: 'cyst' | 'fibroadenoma' | 'carcinoma'
  /** From the middle of the probe, mm; in the second plane its own. */
  readonly lateralMm: number
  /** Of its middle from the skin, mm. */
  readonly depthMm: number
  readonly longestMm: number
  /** Shortest by longest diameter. */
  readonly roundness: number
}

/** `radial`, `antiradial`: a still; `duplex`: a still with a Doppler trace below it, in colour; `cine`: a sweep across the lesion, multi-frame. */
export type UltrasoundPicture = 'radial' | 'antiradial' | 'duplex' | 'cine'

/** Ultrasound of one breast with a linear probe: stills in series 1, a sweep in series 2. */
export type UltrasoundCase = {
  readonly kind: 'ultrasound'
  readonly study: Study
  readonly seed: number
  readonly maker: { readonly manufacturer: string; readonly model: string }
  readonly side: 'R' | 'L'
  readonly rows: number
  readonly columns: number
  /** How wide and deep the probe sees, mm; the picture is scaled to it. */
  readonly widthMm: number
  readonly depthMm: number
  readonly pictures: readonly UltrasoundPicture[]
  readonly cineFrames: number
  readonly lesions: readonly UltrasoundLesion[]
}

/** For tests that measure: `plain` leaves out speckle, texture, and what lies behind a lesion. */
export type UltrasoundOptions = { readonly plain?: boolean }
