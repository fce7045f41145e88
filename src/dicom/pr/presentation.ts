import type { ImageReference } from '../file/elements.ts'
import type { DicomJson } from '../file/json.ts'

/** Grayscale Softcopy Presentation State. */
export const grayscalePresentationStorage = '1.2.840.10008.5.1.4.1.1.11.1'

/** Elements that are not understood, as they were read. */
type Kept = { readonly kept?: DicomJson }
/** Absent: all images of the presentation state. */
type OfImages = Kept & { readonly images?: readonly ImageReference[] }

/**
 * What coordinates count (PS3.3 C.10.5): PIXEL and MATRIX columns and rows of the image, 0\0 the corner of its first pixel as in SCOORD;
 * DISPLAY parts of the displayed area as shown, from 0\0 top left to 1\1. All are float32: what `Math.fround` makes of any number, minus zero apart.
 */
type GraphicUnits = 'PIXEL' | 'DISPLAY' | 'MATRIX'
export type PlanePoint = readonly [number, number]

export type Graphic = Kept & {
  readonly type: 'POINT' | 'POLYLINE' | 'INTERPOLATED' | 'CIRCLE' | 'ELLIPSE'
  readonly units: GraphicUnits
  /** Of a circle the centre and a point on it; of an ellipse the ends of its long, then of its short axis; a closed line ends where it began. */
  readonly points: readonly PlanePoint[]
  readonly filled: boolean
}
export type GraphicText = Kept & {
  /** Lines are parted by CR LF; 1024 characters at most. */
  readonly text: string
  readonly box?: { readonly units: GraphicUnits; readonly topLeft: PlanePoint; readonly bottomRight: PlanePoint; /** LEFT, RIGHT or CENTER. */ readonly justification: string }
  readonly anchor?: { readonly units: GraphicUnits; readonly point: PlanePoint; /** Whether a line leads to it. */ readonly visible: boolean }
}
export type GraphicAnnotation = OfImages & {
  readonly layer: string
  readonly graphics: readonly Graphic[]
  readonly texts: readonly GraphicText[]
  /** Graphic objects of a kind that is not known, or with broken points, as they were read. */
  readonly unread?: readonly DicomJson[]
}
export type GraphicLayer = Kept & { readonly name: string; readonly order: number; readonly description: string; /** P-value, 0 to 65535. */ readonly gray?: number; /** CIELab, 0 to 65535 each. */ readonly lab?: readonly [number, number, number] }

/** The part of an image that is shown (PS3.3 C.10.4); columns and rows of pixels, 1\1 the first. */
export type DisplayedArea = OfImages & {
  readonly topLeft: PlanePoint
  readonly bottomRight: PlanePoint
  /** SCALE TO FIT, TRUE SIZE or MAGNIFY. */
  readonly mode: string
  /** mm between rows, mm between columns. */
  readonly spacingMm?: readonly [number, number]
  /** Vertical to horizontal size of a pixel, where the spacing is not given. */
  readonly aspect?: readonly [number, number]
  /** Screen pixels a pixel, for MAGNIFY. */
  readonly magnification?: number
}
/** Windows of images; a VOI LUT is kept. */
export type SoftcopyVoi = OfImages & { readonly windows: readonly { readonly centre: number; readonly width: number; readonly explanation: string }[]; /** VOI LUT Function; empty: LINEAR. */ readonly lutFunction: string }

/** How images are to be shown: what a Grayscale Softcopy Presentation State holds beside patient, study and equipment (PS3.3 A.33.1). */
export type PresentationState = Kept & {
  /** Content Label: capitals, digits, _ and blanks, 16 characters at most. */
  readonly label: string
  readonly description: string
  readonly references: readonly (Kept & { readonly seriesInstanceUid: string; readonly images: readonly ImageReference[] })[]
  /** Clockwise by 0, 90, 180 or 270 degrees, then left and right changed (PS3.3 C.10.6). */
  readonly transformation?: { readonly rotation: number; readonly flipped: boolean }
  readonly areas: readonly DisplayedArea[]
  readonly voi: readonly SoftcopyVoi[]
  readonly layers: readonly GraphicLayer[]
  readonly annotations: readonly GraphicAnnotation[]
  /** Absent: a table is kept. */
  readonly presentationLut?: 'IDENTITY' | 'INVERSE'
}

/** Elements understood at each level; all others are kept as they are. */
export const understood = {
  state: ['00700001', '0070005A', '00700060', '00700041', '00700042', '00700080', '00700081', '00700082', '00700083', '00700084', '00283110', '20500020'],
  series: ['0020000E', '00081140'],
  annotation: ['00081140', '00700002', '00700008', '00700009'],
  graphic: ['00700005', '00700020', '00700021', '00700022', '00700023', '00700024'],
  text: ['00700003', '00700004', '00700006', '00700010', '00700011', '00700012', '00700014', '00700015'],
  layer: ['00700002', '00700062', '00700066', '00700068', '00700401'],
  area: ['00081140', '00700052', '00700053', '00700100', '00700101', '00700102', '00700103'],
  voi: ['00081140', '00281050', '00281051', '00281055', '00281056'],
} as const

/** Groups of the object itself that say how to show: shutters, LUTs, masks, overlays. Patient, study and equipment an object of ours says itself. */
export const ofPresentation = (tag: string): boolean => /^(001816|0028|0070|2050|60[0-9A-F]{2})/.test(tag)
