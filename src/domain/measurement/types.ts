import type { ImagePoint, Vec3, WorldPoint } from '../geometry/points.ts'

export type MeasurementKind = 'length' | 'bidirectional' | 'ellipse' | 'freehand' | 'arrow'

/** One stored frame. */
export type FrameRef = {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  /** From 1; 1 for a single-frame instance. */
  readonly frameNumber: number
}

/**
 * Where a mark lies: on an acquired frame (SR: SCOORD + IMAGE) or on a reformatted plane (SR: SCOORD3D). Never both.
 * Points by kind: length and arrow 2 (arrow: tip first); bidirectional 4 (long axis, then short axis); ellipse 4
 * (ends of the major, then of the minor axis, PS3.3 C.18.6.1.2); freehand: the closed outline without the repeated
 * first point.
 */
export type Place =
  | {
      readonly kind: 'image'
      readonly frame: FrameRef
      readonly points: readonly ImagePoint[]
    }
  | {
      readonly kind: 'plane'
      readonly studyInstanceUid: string
      /** The series whose volume was reformatted. */
      readonly seriesInstanceUid: string
      readonly frameOfReferenceUid: string
      /** Unit normal of the plane drawn on. */
      readonly normal: Vec3
      readonly points: readonly WorldPoint[]
    }

export type Quantity = 'length' | 'longAxis' | 'shortAxis' | 'area' | 'mean' | 'sd' | 'min' | 'max' | 'voxels'

/** UCUM units of a value; 'px' and 'px2' where the image carries no calibration; '1' for values without a unit. */
export type Unit = 'mm' | 'mm2' | 'px' | 'px2' | '[hnsf\'U]' | '{counts}' | '1'

/** A derived number; `text` is the DS as it is (or will be) written in NUM: at most 16 characters. */
export type Value = { readonly quantity: Quantity; readonly unit: Unit; readonly number: number; readonly text: string }

/** A finished mark. Points are rounded to float32, which is what DICOM carries, so that decode(encode(m)) equals m. */
export type Measurement = {
  /** Tracking Unique Identifier (112040): a UID, the identity of the mark over versions. */
  readonly trackingUid: string
  /** Tracking Identifier (112039): what the list shows. */
  readonly trackingId: string
  readonly kind: MeasurementKind
  readonly label: string
  readonly place: Place
  readonly values: readonly Value[]
}
