import { useEffect, useMemo, useState, type ReactNode } from 'react'
import type { Engine, EngineSeries } from '../../engine/port.ts'
import { OtherObjects, type ShownStructures } from '../../features/annotation/index.ts'
import type { ListedSeries } from '../../features/tools/index.ts'
import { goToSlice, useViewerStore, type ContourOverlay } from '../../features/viewer/index.ts'
import type { Workspace } from '../../workspace/index.ts'

/** Structures without a colour of their own. */
const plain = [220, 225, 230] as const

/** What others saved of the open study, as a part of the panel, and which of their contours lie over the images. */
export const useOthers = ({ engine, load, series, listed, onChoose }: {
  engine: Engine; load: Workspace['others']; series: EngineSeries; listed: readonly Pick<ListedSeries, 'seriesInstanceUid'>[]; onChoose: (series: string, stack?: string, instance?: string) => void
}): { readonly panel: ReactNode; readonly contours: ContourOverlay | undefined } => {
  const [structures, setStructures] = useState<ShownStructures>()
  const contours = useMemo((): ContourOverlay | undefined => structures && {
    name: structures.set.description || structures.set.structureSet.label, structures: structures.set.structureSet.structures.filter(({ number }) => !structures.hidden.has(number)).map((one) => ({ ...one, colour: one.colour ?? plain })),
  }, [structures])
  const isOpen = (sopInstanceUid: string): boolean => series.frames.some(({ ref }) => ref.sopInstanceUid === sopInstanceUid)
  const here = (sopInstanceUid: string, seriesInstanceUid: string): boolean => isOpen(sopInstanceUid) || listed.some((one) => one.seriesInstanceUid === seriesInstanceUid)
  // An image that somebody marked, once its series is open.
  const [image, setImage] = useState<string>()
  useEffect(() => {
    const slice = image === undefined ? -1 : series.frames.findIndex(({ ref }) => ref.sopInstanceUid === image)
    return slice < 0 ? undefined : goToSlice(engine, series, slice, () => setImage(undefined))
  }, [engine, series, image])
  const onImage = (seriesInstanceUid: string, sopInstanceUid: string): void => {
    setImage(sopInstanceUid)
    if (!isOpen(sopInstanceUid)) onChoose(seriesInstanceUid, undefined, sopInstanceUid)
  }
  const onWindow = (window: { readonly width: number; readonly centre: number }): void => engine.setWindow(useViewerStore.getState().active, window)
  return { contours, panel: <OtherObjects load={load} series={series} here={here} shown={structures} onStructures={setStructures} onWindow={onWindow} onImage={onImage} /> }
}
