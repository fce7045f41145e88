import type { Plane } from '../domain/geometry/crossing.ts'
import type { CanvasPoint, FramePlane, Vec3, WorldPoint } from '../domain/geometry/points.ts'
import type { Calibration } from '../domain/measurement/calibration.ts'
import type { Pixels } from '../domain/measurement/roi.ts'
import type { FrameRef, Place } from '../domain/measurement/types.ts'

/** One frame of a series as the engine needs it. */
export type EngineFrame = {
  readonly ref: FrameRef
  /** Absent: no position in space. */
  readonly plane?: FramePlane
  /** Without a plane: what lengths are in, for the whole frame or for regions of it; absent: pixels. */
  readonly calibrations?: readonly Calibration[]
  /** Without a plane: where rows and columns run to in the patient, in letters (Patient Orientation, PS3.3 C.7.6.1.1.1). */
  readonly patientOrientation?: readonly [string, string]
  /** Without a plane: height of a pixel over its width; absent: 1. */
  readonly pixelRatio?: number
  readonly frameOfReferenceUid?: string
  /** Image pixel module (PS3.3 C.7.6.3). */
  readonly pixels: {
    readonly rows: number; readonly columns: number; readonly samplesPerPixel: number; readonly photometricInterpretation: string; readonly planarConfiguration: number
    readonly bitsAllocated: number; readonly bitsStored: number; readonly highBit: number; readonly pixelRepresentation: 0 | 1
  }
  /** To what the values are (HU in CT); of this frame, since it may change from one to the next (PS3.3 C.11.1, C.7.6.16.2.9). */
  /** Modality LUT (PS3.3 C.11.1); `type` is what its output is (Rescale Type), absent where it is not said. */
  readonly rescale: { readonly slope: number; readonly intercept: number; readonly type?: string }
  /** Stored values that are no picture, first and last (Pixel Padding Value and Range Limit, PS3.3 C.7.5.1.1.2). */
  readonly padding?: readonly [number, number]
  /** The file's own windows, the first is shown first (PS3.3 C.11.2). */
  readonly windows: readonly { readonly width: number; readonly centre: number; readonly name?: string }[]
  readonly transferSyntaxUid: string
}

/** Frames of one series in geometric order. Keyed by data set too: two hospitals may hold the same UIDs with other pixels. */
export type EngineSeries = {
  readonly datasetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** Tells stacks of one series apart; absent where it is one. */
  readonly stack?: string
  readonly modality: string
  readonly description: string
  readonly frames: readonly EngineFrame[]
  /** Why there are no other planes; absent where there are. */
  readonly notAVolume?: 'single' | 'unevenSpacing' | 'mixedOrientation' | 'noPosition' | 'tilted'
}

export type View = 'stack' | 'axial' | 'coronal' | 'sagittal' | 'volume'

/** How a volume in space is coloured: by HU for CT (bone; soft tissue with vessels; lung), by the window for others, or the brightest along each ray. */
export type VolumePreset = 'bone' | 'vessels' | 'lung' | 'mr' | 'mip'

export type FailureKind = 'signedOut' | 'forbidden' | 'notFound' | 'network' | 'undecodable' | 'tooLarge' | 'timeLimit' | 'noWebGL' | 'contextLost' | 'unsupported'
/** What stands in a viewport in place of its image. `detail` names the thing, never the patient. */
export type Failure = { readonly kind: FailureKind; readonly detail: string }

/** What a viewport shows now; a new object whenever something changed. */
export type ViewportSnapshot = {
  readonly revision: number
  readonly view: View
  readonly slice: number
  readonly slices: number
  readonly loaded: number
  readonly window?: { readonly width: number; readonly centre: number }
  readonly failure?: Failure
  /** The slice asked for is not on the canvas yet. */
  readonly waiting: boolean
  /** Of a volume in space: its look, the looks there are for it, and the directions in the patient that run right and down on the picture. */
  readonly volume?: { readonly preset: VolumePreset; readonly presets: readonly VolumePreset[]; readonly right: Vec3; readonly down: Vec3 }
}

/**
 * The one thing the rest of the program knows of rendering. Marks are not its business: they are drawn over it by whoever owns
 * them, through `toWorld` and `toCanvas`.
 */
export type Engine = {
  /** Shows a view of a series in an element; called again it changes to the new one. Idempotent (StrictMode). */
  show(viewportId: string, element: HTMLElement, series: EngineSeries, view: View): void
  remove(viewportId: string): void
  /** Tries again what failed; after a loss of the graphics card all views are made anew, each where it was. */
  retry(viewportId: string): void
  setSlice(viewportId: string, slice: number): void
  /** Goes to the slice nearest to a point, and pans only where the point would lie outside the picture. */
  goTo(viewportId: string, point: WorldPoint): void
  /**
   * Brings points to the middle, so large that they can be seen (20 to 60 % of the view), never farther than `fit`. A reformatted
   * view goes to their slice; a stack stays at its own, since several may lie at one place.
   */
  focus(viewportId: string, points: readonly WorldPoint[]): void
  /**
   * Values around a place after the modality LUT: the whole frame, or of a volume at least the voxels around the place's points.
   * Undefined where there are none: colour, or a place that is not of this series.
   * @throws where a frame cannot be had (network, not decodable)
   */
  pixels(series: EngineSeries, place: Place): Promise<Pixels | undefined>
  /** The plane on the canvas; undefined before there is one, and where the image has no position. */
  plane(viewportId: string): Plane | undefined
  /** A volume in space takes it where its look is told in parts of a window (mr, mip). */
  setWindow(viewportId: string, window: { readonly width: number; readonly centre: number }): void
  pan(viewportId: string, from: CanvasPoint, to: CanvasPoint): void
  /** Zooms by a factor about a point, which stays where it is. */
  zoom(viewportId: string, factor: number, about: CanvasPoint): void
  /** The whole picture; a volume in space is seen from the front again. */
  fit(viewportId: string): void
  /** Turns a volume in space as if the pointer held its front; nothing in other views. */
  rotate(viewportId: string, from: CanvasPoint, to: CanvasPoint): void
  setPreset(viewportId: string, preset: VolumePreset): void
  /** The element changed its size. */
  resize(): void
  /** Undefined before there is a picture, and of a volume in space, where a point of the canvas is a line. */
  toWorld(viewportId: string, point: CanvasPoint): WorldPoint | undefined
  toCanvas(viewportId: string, point: WorldPoint): CanvasPoint | undefined
  /**
   * Values of some frames of a grey series after the modality LUT, one frame after another; fetched where they are not there yet.
   * @throws Error naming the image that did not come
   */
  values(series: EngineSeries, frames: readonly number[], options?: { onProgress?: (share: number) => void; signal?: AbortSignal }): Promise<Float32Array<ArrayBuffer>>
  snapshot(viewportId: string): ViewportSnapshot | undefined
  subscribe(viewportId: string, listener: () => void): () => void
  dispose(): void
}
