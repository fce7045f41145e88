import { encodeNetwork } from '../onnx.ts'

/** Three taps of a binomial filter along each axis, sum 1. */
const smoothing = [1, 2, 1].flatMap((z) => [1, 2, 1].flatMap((y) => [1, 2, 1].map((x) => (x * y * z) / 64)))
const pool = (input: string, output: string) => ({ type: 'MaxPool', inputs: [input], output, integers: { kernel_shape: [3, 3, 3], pads: [1, 1, 1, 1, 1, 1], strides: [1, 1, 1] } })

/**
 * Aerated lung by density, made by this script and not trained: values (HU / 1000) are smoothed over 3 x 3 x 3 voxels, a steep
 * sigmoid at -0.4 says what is air-like, a grey closing over 3 x 3 x 3 takes small vessels in. Input [1,1,z,y,x], output
 * logits [1,2,z,y,x]: background, air-like.
 */
export const lungFields = (): Uint8Array<ArrayBuffer> => encodeNetwork({
  name: 'lung-fields',
  input: { name: 'image', dims: [1, 1, 'z', 'y', 'x'] }, output: { name: 'logits', dims: [1, 2, 'z', 'y', 'x'] },
  weights: [
    { name: 'smooth.weight', dims: [1, 1, 3, 3, 3], values: smoothing.map((weight) => -20 * weight) }, { name: 'smooth.bias', dims: [1], values: [-8] },
    { name: 'classes.weight', dims: [2, 1, 1, 1, 1], values: [0, 20] }, { name: 'classes.bias', dims: [2], values: [0, -10] },
  ],
  operators: [
    { type: 'Conv', inputs: ['image', 'smooth.weight', 'smooth.bias'], output: 'density', integers: { kernel_shape: [3, 3, 3], pads: [1, 1, 1, 1, 1, 1], strides: [1, 1, 1] } },
    { type: 'Sigmoid', inputs: ['density'], output: 'air' },
    pool('air', 'grown'), { type: 'Neg', inputs: ['grown'], output: 'turned' }, pool('turned', 'shrunk'), { type: 'Neg', inputs: ['shrunk'], output: 'closed' },
    { type: 'Conv', inputs: ['closed', 'classes.weight', 'classes.bias'], output: 'logits', integers: { kernel_shape: [1, 1, 1], strides: [1, 1, 1] } },
  ],
})
