import type { CanvasPoint, FramePlane, Vec3, WorldPoint } from '../domain/geometry/points.ts'
import type { FrameRef, Measurement, MeasurementKind } from '../domain/measurement/types.ts'

/** One instance (frame) of a series as the engine needs it, from study metadata (PS3.18 10.4, DICOM JSON). */
export type EngineFrame = {
  readonly ref: FrameRef
  /** Absent: no position in space, so no MPR and no mm in space. */
  readonly plane?: FramePlane
  readonly frameOfReferenceUid?: string
  /** DICOM JSON of the instance, for the image pipeline (pixel module, VOI, rescale, calibration). */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** A stack: frames of one series in geometric order, as `domain` sorted them. */
export type EngineSeries = {
  /** The key of everything: two nodes may hold the same UIDs with other pixels. */
  readonly datasetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly modality: string
  readonly description: string
  readonly frames: readonly EngineFrame[]
  /** Why the series cannot be reformatted, in words' keys; absent where it can. */
  readonly notAVolume?: 'single' | 'unevenSpacing' | 'mixedOrientation' | 'noPosition' | 'tilted'
}

export type View = 'stack' | 'axial' | 'coronal' | 'sagittal' | 'volume'
export type PrimaryTool = 'window' | 'pan' | 'zoom' | 'scroll' | 'crosshair' | MeasurementKind

export type FailureKind =
  | 'signedOut' | 'notFound' | 'network' | 'undecodable' | 'tooLarge' | 'timeLimit' | 'noWebGL' | 'contextLost' | 'unsupported'

/** What a viewport shows in place of, or over, its image. `detail` names the thing (series, slice), never the patient. */
export type Failure = { readonly kind: FailureKind; readonly detail: string; readonly retry: boolean }

/** A label map over the volume of a series; voxel order x fastest, then y, then slice in the stack's order. */
export type Overlay = {
  readonly id: string
  readonly seriesInstanceUid: string
  readonly dimensions: readonly [number, number, number]
  readonly labels: Uint8Array
  readonly segments: readonly { readonly number: number; readonly label: string; readonly colour: readonly [number, number, number] }[]
  readonly visible: boolean
  readonly opacity: number
}

/** What a viewport shows now; a new object whenever `revision` grows. */
export type ViewportSnapshot = {
  readonly revision: number
  readonly view: View
  readonly seriesInstanceUid?: string
  /** Index into the series' frames (stack), or slice along the plane's normal (MPR). */
  readonly slice: number
  readonly slices: number
  readonly loaded: number
  /** Slice position in mm along the normal, where known. */
  readonly positionMm?: number
  readonly window?: { readonly width: number; readonly centre: number }
  readonly zoom: number
  /** Letters at left, right, top, bottom; empty where unknown. */
  readonly letters: { readonly left: string; readonly right: string; readonly top: string; readonly bottom: string }
  /** mm of one CSS pixel; absent without calibration. */
  readonly mmPerPixel?: number
  readonly failure?: Failure
  readonly waiting: boolean
}

export type EngineEvent =
  | { readonly type: 'measurementChanged'; readonly origin: 'user' | 'program'; readonly phase: 'moving' | 'finished'; readonly measurement: Measurement }
  | { readonly type: 'measurementRemoved'; readonly origin: 'user' | 'program'; readonly trackingUid: string }
  | { readonly type: 'measurementSelected'; readonly trackingUid: string | undefined }
  | { readonly type: 'signedOut' }

/** The one thing the rest of the program knows of rendering. Implemented by `engine/cornerstone` and `engine/fake`. */
export type Engine = {
  /** Puts a view of a series into an element; call again with other values to change it; idempotent (StrictMode). */
  mount(viewportId: string, element: HTMLElement): void
  unmount(viewportId: string): void
  show(viewportId: string, series: EngineSeries, view: View): void
  clear(viewportId: string): void
  retry(viewportId: string): void

  setTool(tool: PrimaryTool): void
  setWindow(viewportId: string, window: { width: number; centre: number }): void
  setSlice(viewportId: string, slice: number): void
  reset(viewportId: string): void
  rotate(viewportId: string, degrees: number): void
  /** Crosshair and all planes to a patient point. */
  jump(point: WorldPoint): void
  toWorld(viewportId: string, point: CanvasPoint): WorldPoint | undefined
  toCanvas(viewportId: string, point: WorldPoint): CanvasPoint | undefined
  viewDirection(viewportId: string): Vec3 | undefined

  /** Draws or updates a mark; `origin: 'program'` so that no echo reaches the workspace. */
  showMeasurement(measurement: Measurement): void
  removeMeasurement(trackingUid: string): void
  selectMeasurement(trackingUid: string | undefined): void
  /** Slice, plane and zoom of the mark, in a viewport that can show it. */
  goToMeasurement(trackingUid: string): void

  showOverlay(overlay: Overlay): void
  removeOverlay(id: string): void

  /** Stored values (after modality LUT) of a loaded series as one volume, for tools and ROI statistics. */
  volume(seriesInstanceUid: string, signal: AbortSignal): Promise<EngineVolume>

  snapshot(viewportId: string): ViewportSnapshot | undefined
  subscribe(viewportId: string, listener: () => void): () => void
  on(listener: (event: EngineEvent) => void): () => void
  dispose(): void
}

export type EngineVolume = {
  readonly dimensions: readonly [number, number, number]
  /** mm: column, row, slice. */
  readonly spacing: Vec3
  readonly origin: WorldPoint
  /** Row direction, column direction, slice direction. */
  readonly directions: readonly [Vec3, Vec3, Vec3]
  readonly values: Float32Array
}
