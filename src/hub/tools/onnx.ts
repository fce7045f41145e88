/*
 * Small networks as ONNX files, written field by field: the protocol buffer messages of onnx.proto3 (ONNX IR version 8) that a
 * chain of operators needs.
 */
type Bytes = number[]

const varint = (value: number): Bytes => {
  const bytes: Bytes = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [...bytes, rest]
}
const whole = (field: number, value: number): Bytes => [...varint(field * 8), ...varint(value)]
const part = (field: number, bytes: Bytes): Bytes => [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes]
const text = (field: number, value: string): Bytes => part(field, [...new TextEncoder().encode(value)])

/** A whole number is fixed, a name stays open. */
export type Dim = number | string
export type Weights = { readonly name: string; readonly dims: readonly number[]; readonly values: readonly number[] }
export type Operator = { readonly type: string; readonly inputs: readonly string[]; readonly output: string; readonly integers?: Readonly<Record<string, readonly number[]>> }
export type Network = {
  readonly name: string
  readonly input: { readonly name: string; readonly dims: readonly Dim[] }
  readonly output: { readonly name: string; readonly dims: readonly Dim[] }
  readonly weights: readonly Weights[]
  readonly operators: readonly Operator[]
}

const float = 1
const floats = (values: readonly number[]): Bytes => [...new Uint8Array(Float32Array.from(values).buffer)]
const value = ({ name, dims }: Network['input']): Bytes => {
  const shape = dims.flatMap((dim) => part(1, typeof dim === 'number' ? whole(1, dim) : text(2, dim)))
  return [...text(1, name), ...part(2, part(1, [...whole(1, float), ...part(2, shape)]))]
}
const operator = ({ type, inputs, output, integers = {} }: Operator): Bytes => [
  ...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, type),
  ...Object.entries(integers).flatMap(([name, list]) => part(5, [...text(1, name), ...list.flatMap((one) => whole(8, one)), ...whole(20, 7)])),
]
const initializer = ({ name, dims, values }: Weights): Bytes => [...dims.flatMap((dim) => whole(1, dim)), ...whole(2, float), ...text(8, name), ...part(9, floats(values))]

/** The network as a model file of opset 13; the same network gives the same bytes. */
export const encodeNetwork = ({ name, input, output, weights, operators }: Network): Uint8Array<ArrayBuffer> => {
  const graph = [
    ...operators.flatMap((one) => part(1, operator(one))), ...text(2, name), ...weights.flatMap((one) => part(5, initializer(one))), ...part(11, value(input)), ...part(12, value(output)),
  ]
  return Uint8Array.from([...whole(1, 8), ...text(2, 'cancer-image-workbench'), ...part(7, graph), ...part(8, [...text(1, ''), ...whole(2, 13)])])
}
