export type Tensor = { readonly dims: readonly number[]; readonly data: Float32Array }

/** A network that is loaded and can be asked. */
export type Session = {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>
  release(): Promise<void>
}

/** What runs networks: ONNX Runtime in a worker of the browser or in a process of a node. */
export type Runtime = {
  /** Name and version, as a run's record says it. */
  readonly name: string
  load(model: Uint8Array): Promise<Session>
}
