import type { SegmentedFrame } from '../../dicom/seg/encode.ts'
import type { EngineSeries } from '../../engine/port.ts'

/** Frames that lie in space: only those can carry a segmentation. */
export const placedFrames = (series: EngineSeries): SegmentedFrame[] => series.frames.flatMap(({ ref, plane, frameOfReferenceUid }) => (plane && frameOfReferenceUid ? [{ ref, plane, frameOfReferenceUid }] : []))
