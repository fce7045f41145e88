import { useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { whyNoSegmentation } from '../../dicom/seg/lattice.ts'
import { gridOfFrames, voxelVolumeMm3, type Grid } from '../../domain/geometry/grid.ts'
import { mostLabelled } from '../../domain/segmentation/paint.ts'
import type { EngineSeries } from '../../engine/port.ts'
import type { ListedPainting, PaintingState } from '../../features/annotation/index.ts'
import type { Overlay, PaintSurface } from '../../features/viewer/index.ts'
import { colourOf, lastStroke, type Painting, type PaintingHead, type Workspace } from '../../workspace/index.ts'
import { placedFrames } from './placedFrames.ts'

/** Alpha of the inside of what is painted. */
const alpha = 0.3

/** Why nothing can be painted on a series: a segmentation of it could not be written, or a ball would not be one. */
const whyNotPainted = (series: EngineSeries): 'noPosition' | 'otherLattice' | 'uneven' | undefined =>
  whyNoSegmentation(series.frames) ?? (series.notAVolume && series.notAVolume !== 'tilted' ? (series.notAVolume === 'noPosition' ? 'noPosition' : 'uneven') : undefined)

const isOn = ({ on }: PaintingHead, { seriesInstanceUid, stack }: EngineSeries): boolean => on.seriesInstanceUid === seriesInstanceUid && on.stack === stack

/** What is painted over the open study: what the viewer draws of it, what the brush is on, and what the list says. */
export const usePaintings = (workspace: Workspace, series: EngineSeries) => {
  const { document: { paintings }, states, outlined, segmentations } = useStore(workspace.store)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [chosen, setChosen] = useState<PaintingHead>()
  const whyNot = useMemo(() => whyNotPainted(series), [series])
  const grid = useMemo((): Grid | undefined => (whyNot ? undefined : gridOfFrames(series.frames.flatMap(({ plane }) => plane ?? []))), [series, whyNot])
  const all = Object.values(paintings)
  const here = all.filter((one) => isOn(one, series))
  const { seriesInstanceUid, stack, frames: { length: slices } } = series
  const fresh = (): PaintingHead => {
    const { rows = 0, columns = 0 } = series.frames[0]?.plane ?? {}
    return workspace.newPainting({ seriesInstanceUid, ...(stack ? { stack } : {}), rows, columns, slices })
  }
  // What a brush begins: it comes to be with its first stroke.
  const [next, setNext] = useState(fresh)
  if (grid && (!isOn(next, series) || all.some(({ id }) => id === next.id))) setNext(fresh())
  const current = chosen && isOn(chosen, series) ? chosen : here.at(-1) ?? next
  const paintingOf = (head: PaintingHead): Painting => paintings[head.uid] ?? { ...head, strokes: [] }
  // Labels of what is not there yet are held, and drawn, once the brush is put down on them.
  const [begun, setBegun] = useState<string>()
  const drawn = here.filter(({ uid }) => !hidden.has(uid) || uid === begun)
  const overlays = [...drawn, ...(begun === current.uid && !paintings[begun] ? [paintingOf(current)] : [])]
    .map((one): Overlay => ({ seriesInstanceUid, stack, name: one.name || one.id, labelMap: workspace.labelMapOf(one), box: workspace.boxOf(one) ?? 'empty', looks: new Map([[1, { colour: colourOf(one), alpha }]]) }))
  const surface: PaintSurface | undefined = grid ? {
    grid, colour: colourOf(current),
    labels: () => {
      setBegun(current.uid)
      setHidden((set) => new Set([...set].filter((uid) => uid !== current.uid)))
      return workspace.labelMapOf(paintingOf(current)).data
    },
    onStroke: (patch) => {
      setChosen(current)
      void workspace.stroke(current, patch)
    },
  } : undefined

  const stateOf = (one: Painting): { readonly state: PaintingState; readonly detail?: string | undefined } => {
    const said = outlined.get(one.uid)
    const own = states[one.uid] ?? 'device'
    if (!said || own === 'drawing' || own === 'failed') return { state: own === 'hub' || own === 'verified' ? 'device' : own }
    if (said.stroke !== lastStroke(one)) return { state: 'changed' }
    const kept = segmentations.find(({ sopInstanceUid }) => sopInstanceUid === said.sopInstanceUid)
    return kept ? { state: kept.state, detail: kept.detail } : { state: said.arrived ? 'verified' : 'device' }
  }
  const list = all.filter(({ strokes }) => strokes.length > 0).map((one): ListedPainting => {
    const voxels = isOn(one, series) ? workspace.voxelsOf(one) : undefined
    return { uid: one.uid, id: one.id, name: one.name, colour: colourOf(one), ml: voxels === undefined || !grid ? undefined : (voxels * voxelVolumeMm3(grid)) / 1000, empty: voxels === 0 || !isOn(one, series), ...stateOf(one) }
  })
  return {
    overlays, surface, list, whyNot, hidden, inHand: current.uid,
    take: (uid: string): void => setChosen(paintings[uid]),
    create: (): void => setChosen(next),
    name: (uid: string, name: string): void => void workspace.namePainting(uid, name),
    save: (uid: string): Promise<void> => workspace.savePainting(uid, placedFrames(series)),
    toggle: (uid: string): void => setHidden((set) => new Set(set.has(uid) ? [...set].filter((one) => one !== uid) : [...set, uid])),
    /** Where most of a painting lies, and on which stack. */
    placeOf: (uid: string): { readonly on: PaintingHead['on']; readonly slice: number | undefined } | undefined => {
      const one = paintings[uid]
      return one && { on: one.on, slice: mostLabelled(workspace.labelMapOf(one)) }
    },
  }
}
