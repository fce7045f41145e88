import type { WorldPoint } from '../geometry/points.ts'
import { toDecimalString } from '../measurement/measure.ts'
import type { CodedConcept } from './types.ts'

/** Elements that are not understood, as they were read (DICOM JSON model, PS3.18 F): they come back when the object is written again. */
type Kept = { readonly kept?: Readonly<Record<string, unknown>> }

/** Contour Geometric Type (PS3.3 C.8.8.6.1). Only closed ones enclose something. */
export type ContourKind = 'CLOSED_PLANAR' | 'CLOSEDPLANAR_XOR' | 'OPEN_PLANAR' | 'OPEN_NONPLANAR' | 'POINT'

export type ContourImage = { readonly sopClassUid: string; readonly sopInstanceUid: string; readonly frameNumbers?: readonly number[] }

export type Contour = Kept & {
  readonly kind: ContourKind
  /**
   * LPS mm; of a closed contour the last joins the first, which is not repeated. Each coordinate is a number that a decimal string of 16
   * characters says exactly: what `roundPoints` makes of any.
   */
  readonly points: readonly WorldPoint[]
  /** Images it was drawn on, as the file says; where it lies its points alone say. */
  readonly images: readonly ContourImage[]
  readonly number?: number
}

/** What somebody says of a structure (PS3.3 C.8.8.8). */
export type StructureObservation = Kept & {
  readonly number: number
  readonly label: string
  readonly description: string
  /** RT ROI Interpreted Type, such as GTV or ORGAN; may be empty. */
  readonly interpretedType: string
  readonly interpreter: string
  /** RT ROI Identification Code. */
  readonly codes: readonly CodedConcept[]
}

/** A region of interest with its contours (PS3.3 C.8.8.5 and C.8.8.6). */
export type Structure = Kept & {
  /** ROI Number, the file's own identity of it. */
  readonly number: number
  readonly name: string
  readonly description: string
  /** ROI Generation Algorithm: AUTOMATIC, SEMIAUTOMATIC, MANUAL or empty. */
  readonly algorithm: string
  /** sRGB, 0 to 255; absent: the file names none. */
  readonly colour?: readonly [number, number, number]
  readonly frameOfReferenceUid: string
  /** Identity over versions, as a segment's; empty in what others write. */
  readonly trackingId: string
  readonly trackingUid: string
  readonly contours: readonly Contour[]
  /** One at least. */
  readonly observations: readonly StructureObservation[]
  /** Elements of its contour item, and whole contours whose points cannot be read, as they were read. */
  readonly keptOfContours?: Kept['kept']
  readonly unread?: readonly Readonly<Record<string, unknown>>[]
}

/** Images that structures were made on: by frame of reference, study, series. */
export type StructureReferences = Kept & {
  readonly frameOfReferenceUid: string
  readonly studies: readonly (Kept & { readonly studyInstanceUid: string; readonly series: readonly (Kept & { readonly seriesInstanceUid: string; readonly images: readonly ContourImage[] })[] })[]
}

/** A structure set: what RTSTRUCT holds beside patient, study and equipment. */
export type StructureSet = Kept & {
  /** 16 characters at most. */
  readonly label: string
  readonly name: string
  readonly description: string
  /** YYYYMMDD, HHMMSS. */
  readonly date: string
  readonly time: string
  readonly references: readonly StructureReferences[]
  readonly structures: readonly Structure[]
}

/** A number as a decimal string of 16 characters carries it (PS3.5 6.2): 15 digits, fewer where signs and exponents need room. */
const decimal = (x: number): number => Number(toDecimalString(x))

/** Points as RTSTRUCT carries them; rounding twice changes nothing. */
export const roundPoints = (points: readonly WorldPoint[]): WorldPoint[] => points.map(([x, y, z]) => [decimal(x), decimal(y), decimal(z)])

/** Whether a contour encloses an area. */
export const isClosed = ({ kind, points }: Pick<Contour, 'kind' | 'points'>): boolean => (kind === 'CLOSED_PLANAR' || kind === 'CLOSEDPLANAR_XOR') && points.length >= 3
