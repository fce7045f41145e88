import { indexMap, voxelVolumeMm3, type Grid } from '../domain/geometry/grid.ts'
import { components } from './components.ts'
import type { Step } from './pipeline.ts'
import { samplerOf } from './steps/spatial.ts'
import { voxelsOf, type Scores } from './volume.ts'

/** Softmax over classes; a single channel becomes [1 - sigmoid, sigmoid], so that channel 0 is always the background. */
export const activate = (scores: Scores, kind: 'softmax' | 'sigmoid'): Scores => {
  const voxels = voxelsOf(scores)
  if (kind === 'sigmoid') {
    const own = scores.channels.map((channel) => channel.map((value) => 1 / (1 + Math.exp(-value))))
    const [first] = own
    return { ...scores, channels: own.length === 1 && first ? [first.map((value) => 1 - value), first] : own }
  }
  const channels = scores.channels.map((channel) => channel.slice())
  for (let v = 0; v < voxels; v++) {
    let high = -Infinity
    for (const channel of channels) high = Math.max(high, channel[v] ?? 0)
    let sum = 0
    for (const channel of channels) sum += channel[v] = Math.exp((channel[v] ?? 0) - high)
    for (const channel of channels) channel[v] = (channel[v] ?? 0) / sum
  }
  return { ...scores, channels }
}

/** The class with the highest score in each voxel; ties go to the lower. */
export const best = (channels: readonly Float32Array[], voxels: number): Uint8Array => {
  const labels = new Uint8Array(voxels)
  for (let v = 0; v < voxels; v++) {
    let [winner, high] = [0, -Infinity]
    channels.forEach((channel, index) => {
      const value = channel[v] ?? 0
      if (value > high) [winner, high] = [index, value]
    })
    labels[v] = winner
  }
  return labels
}

/** Drops components of one class by giving their voxels to the background: smaller than a volume, at the edge, beyond the largest so many. */
export const dropComponents = (scores: Scores, { value, connectivity, minimumMm3, keep, dropAtEdge }: Extract<Step, { step: 'components' }>): Scores => {
  const labels = best(scores.channels, voxelsOf(scores))
  const { of, parts } = components(labels.map((label) => (label === value ? 1 : 0)), scores.dimensions, connectivity)
  const volume = voxelVolumeMm3(scores)
  const stay = parts.filter(({ voxels, atEdge }) => voxels * volume >= minimumMm3 && !(dropAtEdge && atEdge)).sort((a, b) => b.voxels - a.voxels).slice(0, keep)
  const kept = new Set(stay.map(({ number }) => number))
  const channels = scores.channels.map((channel) => channel.slice())
  for (let v = 0; v < of.length; v++) {
    const part = of[v] ?? 0
    if (part > 0 && !kept.has(part)) channels.forEach((channel, index) => { channel[v] = index === 0 ? 1 : 0 })
  }
  return { ...scores, channels }
}

/**
 * Scores taken linearly onto the series' own lattice, then one label a voxel. Voxels further than half a step outside the lattice of
 * the scores are background.
 */
export const labelsOn = (scores: Scores, source: Grid, { rule, threshold }: Extract<Step, { step: 'labels' }>): Uint8Array => {
  const [nx, ny, nz] = source.dimensions
  const { offset, columns: [cx, cy, cz] } = indexMap(source, scores)
  const samplers = scores.channels.map((channel) => samplerOf(channel, scores.dimensions, 1))
  const [mx, my, mz] = scores.dimensions
  const inside = (x: number, y: number, z: number): boolean => x >= -0.5 && y >= -0.5 && z >= -0.5 && x <= mx - 0.5 && y <= my - 0.5 && z <= mz - 0.5
  const labels = new Uint8Array(nx * ny * nz)
  let to = 0
  for (let k = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, to++) {
        const x = offset[0] + i * cx[0] + j * cy[0] + k * cz[0]
        const y = offset[1] + i * cx[1] + j * cy[1] + k * cz[1]
        const z = offset[2] + i * cx[2] + j * cy[2] + k * cz[2]
        if (!inside(x, y, z)) continue
        let [winner, high] = [0, rule === 'threshold' ? threshold : -Infinity]
        for (let c = rule === 'threshold' ? 1 : 0; c < samplers.length; c++) {
          const value = samplers[c]?.(x, y, z) ?? 0
          if (value > high) [winner, high] = [c, value]
        }
        labels[to] = winner
      }
    }
  }
  return labels
}
