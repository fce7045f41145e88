import { PipelineError, type Step } from './pipeline.ts'
import type { Session, Tensor } from './runtime.ts'
import { voxelsOf, type Scores, type Volume } from './volume.ts'

type Predict = Extract<Step, { step: 'predict' }>
type Triple = readonly [number, number, number]

/** First indices of patches of `size` along an axis of `length`, in steps of size x (1 - overlap), the last flush with the end. */
export const patchStarts = (length: number, size: number, overlap: number): number[] => {
  if (length <= size) return [0]
  const stride = Math.max(1, Math.floor(size * (1 - overlap)))
  const count = Math.ceil((length - size) / stride) + 1
  return Array.from({ length: count }, (_, index) => Math.min(index * stride, length - size))
}

/** Weight of each voxel of a patch along one axis: 1, or a Gaussian of sigma size / 8 (nnU-Net), never 0. */
const axisWeights = (size: number, kind: Predict['weights']): Float32Array => Float32Array.from({ length: size }, (_, index) => {
  if (kind === 'constant' || size === 1) return 1
  return Math.max(1e-4, Math.exp(-0.5 * ((index - (size - 1) / 2) / (size / 8)) ** 2))
})

/** A picture and its neighbours as channels; at the ends the outermost slice stands for what is not there. */
const cutWithNeighbours = (volume: Volume, [x0, y0, z0]: Triple, [px, py]: Triple, { pad, neighbours }: Predict): Float32Array => {
  const patch = new Float32Array(px * py * (2 * neighbours + 1))
  for (let channel = 0; channel <= 2 * neighbours; channel++) {
    const z = Math.min(volume.dimensions[2] - 1, Math.max(0, z0 + channel - neighbours))
    patch.set(cut(volume, [x0, y0, z], [px, py, 1], pad), channel * px * py)
  }
  return patch
}

/** Copies a patch out of the volume; what lies outside is `pad`. */
const cut = (volume: Volume, [x0, y0, z0]: Triple, [px, py, pz]: Triple, pad: number): Float32Array => {
  const [nx, ny, nz] = volume.dimensions
  const patch = new Float32Array(px * py * pz).fill(pad)
  const width = Math.min(px, nx - x0)
  for (let z = 0; z < Math.min(pz, nz - z0); z++) {
    for (let y = 0; y < Math.min(py, ny - y0); y++) {
      const from = x0 + nx * (y0 + y + ny * (z0 + z))
      patch.set(volume.data.subarray(from, from + width), px * (y + py * z))
    }
  }
  return patch
}

const tensorOf = (patch: Float32Array, [px, py, pz]: Triple, { pictures, layout, channels }: Predict): Tensor => {
  const spatial = pictures ? [py, px] : [pz, py, px]
  const data = channels === 1 ? patch : layout === 'NCHW'
    ? Float32Array.from({ length: patch.length * channels }, (_, index) => patch[index % patch.length] ?? 0)
    : Float32Array.from({ length: patch.length * channels }, (_, index) => patch[Math.floor(index / channels)] ?? 0)
  return { dims: layout === 'NCHW' ? [1, channels, ...spatial] : [1, ...spatial, channels], data }
}

const ask = async (session: Session, step: Predict, tensor: Tensor): Promise<Tensor> => {
  if (!session.inputs.includes(step.input)) throw new PipelineError(`the network has no input ${step.input}, but ${session.inputs.join(', ')}`)
  const answer = (await session.run({ [step.input]: tensor }))[step.output]
  if (!answer) throw new PipelineError(`the network has no output ${step.output}, but ${session.outputs.join(', ')}`)
  return answer
}

/** Bytes of the float32 volumes a prediction holds at once: classes and weights on the lattice. */
const limitBytes = 2 ** 31

/**
 * The network over the whole lattice: patch by patch, weighted where they overlap.
 * @param onProgress share done, 0 to 1
 * @throws PipelineError where the network is not as the manifest says, or its scores would not fit into memory
 */
export const predict = async (volume: Volume, step: Predict, session: Session, onProgress: (share: number) => void): Promise<Scores> => {
  const [nx, ny, nz] = volume.dimensions
  const filled = (side: number): number => Math.ceil(side / step.multiple) * step.multiple
  const size: Triple = [step.patch?.[0] ?? filled(nx), step.patch?.[1] ?? filled(ny), step.pictures ? 1 : step.patch?.[2] ?? nz]
  const [wx, wy, wz] = [axisWeights(size[0], step.weights), axisWeights(size[1], step.weights), axisWeights(size[2], step.weights)]
  const starts = patchStarts(nz, size[2], step.overlap).flatMap((z) => patchStarts(ny, size[1], step.overlap).flatMap((y) => patchStarts(nx, size[0], step.overlap).map((x): Triple => [x, y, z])))
  const voxels = voxelsOf(volume)
  const perPatch = size[0] * size[1] * size[2]
  const total = new Float32Array(voxels)
  let channels: Float32Array[] = []
  for (const [index, start] of starts.entries()) {
    const tensor = step.neighbours > 0 ? { dims: [1, 2 * step.neighbours + 1, size[1], size[0]], data: cutWithNeighbours(volume, start, size, step) } : tensorOf(cut(volume, start, size, step.pad), size, step)
    const answer = await ask(session, step, tensor)
    const classes = answer.data.length / perPatch
    if (!Number.isInteger(classes)) throw new PipelineError(`the network answered ${answer.dims.join(' x ')} to a patch of ${size.join(' x ')}`)
    if (channels.length === 0) {
      if ((classes + 1) * voxels * 4 > limitBytes) throw new PipelineError(`${classes} classes on ${volume.dimensions.join(' x ')} voxels do not fit into memory`)
      channels = Array.from({ length: classes }, () => new Float32Array(voxels))
    }
    for (let z = 0; z < Math.min(size[2], nz - start[2]); z++) {
      for (let y = 0; y < Math.min(size[1], ny - start[1]); y++) {
        const to = start[0] + nx * (start[1] + y + ny * (start[2] + z))
        const from = size[0] * (y + size[1] * z)
        const outer = (wy[y] ?? 1) * (wz[z] ?? 1)
        for (let x = 0; x < Math.min(size[0], nx - start[0]); x++) {
          const weight = outer * (wx[x] ?? 1)
          total[to + x] = (total[to + x] ?? 0) + weight
          for (let c = 0; c < classes; c++) {
            const channel = channels[c]
            const value = answer.data[step.layout === 'NCHW' ? c * perPatch + from + x : (from + x) * classes + c] ?? 0
            if (channel) channel[to + x] = (channel[to + x] ?? 0) + weight * value
          }
        }
      }
    }
    onProgress((index + 1) / starts.length)
  }
  for (const channel of channels) for (let v = 0; v < voxels; v++) channel[v] = (channel[v] ?? 0) / (total[v] ?? 1)
  return { dimensions: volume.dimensions, origin: volume.origin, steps: volume.steps, channels }
}

/** A network that answers with scores of the whole: one picture or volume in, one row of numbers out. */
export const predictScores = async (volume: Volume, step: Predict, session: Session): Promise<Float32Array> => {
  const answer = await ask(session, step, tensorOf(volume.data, volume.dimensions, step))
  return answer.data
}
