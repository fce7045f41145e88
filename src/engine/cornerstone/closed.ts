import { cache } from '@cornerstonejs/core'
import type { EngineSeries } from '../port.ts'
import { forgetImages, knownImage } from './metadata.ts'
import { volumePrefix } from './shown.ts'

/** Volumes that are there; Cornerstone lists those that are still being made as undefined. */
export const heldVolumes = (): { readonly volumeId: string; readonly imageIds: readonly string[] }[] => cache.getVolumes().filter((volume: unknown) => volume !== undefined && volume !== null).filter(({ volumeId }) => volumeId.startsWith(volumePrefix))

/** Drops pictures, volumes and what was known of the images of series that nobody looks at any more; what is still on its way is cancelled. */
export const dropSeries = (closed: (series: EngineSeries) => boolean): void => {
  for (const { volumeId, imageIds } of heldVolumes()) {
    const series = knownImage(imageIds[0] ?? '')?.series
    if (series && closed(series)) cache.removeVolumeLoadObject(volumeId)
  }
  for (const imageId of forgetImages(closed)) if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId, { force: true })
}
