import type { VolumePreset } from '../port.ts'

type Preset = {
  /** What points count in: stored values (HU in CT), or parts of the window, 0 its lower end and 1 its upper. */
  readonly scale: 'stored' | 'window'
  /** Opacity of a millimetre. */
  readonly opacity: readonly (readonly [at: number, alpha: number])[]
  readonly colour: readonly (readonly [at: number, red: number, green: number, blue: number])[]
  readonly shade: boolean
  readonly projection: 'composite' | 'maximum'
}

export const volumePresets: Readonly<Record<VolumePreset, Preset>> = {
  bone: {
    scale: 'stored', shade: true, projection: 'composite',
    opacity: [[150, 0], [250, 0.08], [450, 0.5], [1200, 0.85]], colour: [[150, 0.6, 0.35, 0.26], [350, 0.89, 0.79, 0.63], [800, 0.97, 0.93, 0.84], [2000, 1, 1, 1]],
  },
  vessels: {
    scale: 'stored', shade: true, projection: 'composite',
    opacity: [[-150, 0], [-50, 0.004], [40, 0.015], [120, 0.06], [200, 0.4], [500, 0.75], [1200, 0.85]], colour: [[-150, 0.8, 0.6, 0.5], [40, 0.75, 0.42, 0.36], [180, 0.86, 0.25, 0.2], [350, 0.95, 0.72, 0.58], [900, 1, 0.97, 0.92]],
  },
  lung: {
    scale: 'stored', shade: true, projection: 'composite',
    opacity: [[-1000, 0], [-890, 0], [-840, 0.02], [-720, 0.05], [-580, 0.05], [-450, 0], [-100, 0]], colour: [[-1000, 0.2, 0.3, 0.5], [-800, 0.45, 0.62, 0.78], [-600, 0.86, 0.75, 0.7], [-100, 0.95, 0.6, 0.5]],
  },
  mr: {
    scale: 'window', shade: true, projection: 'composite',
    opacity: [[0, 0], [0.2, 0], [0.45, 0.06], [0.75, 0.25], [1, 0.55]], colour: [[0, 0, 0, 0], [0.35, 0.45, 0.42, 0.4], [0.75, 0.85, 0.82, 0.78], [1, 1, 1, 1]],
  },
  mip: { scale: 'window', shade: false, projection: 'maximum', opacity: [[0, 1], [1, 1]], colour: [[0, 0, 0, 0], [1, 1, 1, 1]] },
}

/** What suits a modality, the first to begin with: HU are told apart only in CT. */
export const presetsOf = (modality: string): readonly [VolumePreset, ...VolumePreset[]] =>
  modality === 'CT' ? ['bone', 'vessels', 'lung', 'mip'] : modality === 'PT' || modality === 'NM' ? ['mip', 'mr'] : ['mr', 'mip']
