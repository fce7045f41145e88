import { createStore } from 'zustand/vanilla'
import type { Api } from '../../../api/index.ts'
import type { NewRun, ToolManifest } from '../../../contract/index.ts'
import { gridOfFrames, type Grid } from '../../../domain/geometry/grid.ts'
import type { LabelMap } from '../../../domain/segmentation/types.ts'
import type { SeriesChoice } from '../../../domain/tool/selection.ts'
import type { Engine, EngineSeries } from '../../../engine/port.ts'
import type { runTool } from '../../../inference/workers/toolRunner.ts'
import type { ToolSeries } from './chooseSeries.ts'
import { scopeOf } from './scope.ts'

/** The stack that a tool runs on, why, and what the next best is called. */
export type ChosenInput = { readonly of: ToolSeries; readonly choice: SeriesChoice; readonly runnerUp?: string }
/** What a tool found on a series and what it was found with; nothing of it has left this device. */
export type Found = {
  readonly tool: ToolManifest
  readonly series: EngineSeries
  /** How a person knows that series, and why it was taken. */
  readonly input: ChosenInput
  /** Labels on the series' lattice, or a score for each output. */
  readonly labelMap?: LabelMap
  readonly scores?: readonly number[]
  /** The slice that was scored. */
  readonly slice?: number
  readonly modelSha256: string
  readonly labelSha256?: string
  readonly runtime: string
  readonly started: string
  readonly ended: string
}
/** Whether what was found is being kept; where that failed, why. */
export type Saving = { readonly kind: 'none' | 'busy' } | { readonly kind: 'failed'; readonly detail: string }
/** Where a run is: the step under way, the share of it done, and the seconds of those before. */
export type RunState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly tool: ToolManifest; readonly step: string; readonly share: number; readonly done: readonly { readonly step: string; readonly seconds: number }[] }
  | { readonly kind: 'failed'; readonly tool: ToolManifest; readonly detail: string }
  | { readonly kind: 'found'; readonly found: Found; readonly accepted: boolean; readonly saving: Saving }

type Outside = {
  readonly api: Pick<Api, 'call'>
  readonly engine: Pick<Engine, 'values'>
  readonly run: typeof runTool
  readonly fetch: typeof globalThis.fetch
  readonly clock: () => Date
  readonly dataset: string
}

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const hex = (buffer: ArrayBuffer): string => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => hex(await crypto.subtle.digest('SHA-256', bytes))

/** The lattice the values lie on; slices without positions in space are a stack of unit steps, which only picture tools take. */
const latticeOf = (series: EngineSeries, slices: readonly number[]): Grid => {
  const planes = slices.flatMap((slice) => series.frames[slice]?.plane ?? [])
  if (planes.length === slices.length && (slices.length === 1 || !series.notAVolume)) return gridOfFrames(planes)
  const { rows = 0, columns = 0 } = series.frames[0]?.pixels ?? {}
  return { dimensions: [columns, rows, slices.length], origin: [0, 0, 0], steps: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }
}

/** Runs of tools on the open study, one at a time. */
export const createToolRuns = ({ api, engine, run, fetch, clock, dataset }: Outside) => {
  const store = createStore<{ readonly state: RunState; readonly record: 'none' | 'sent' | 'failed'; /** Which stack a person wants a tool to take, by the tool's id. */ readonly picks: Readonly<Record<string, string>> }>(() => ({ state: { kind: 'idle' }, record: 'none', picks: {} }))
  let abort: AbortController | undefined
  const set = (state: RunState): void => store.setState({ state })

  const record = async (run_: Omit<NewRun, 'dataset'>): Promise<void> => {
    try {
      await api.call('newRun', { body: { ...run_, dataset } })
      store.setState({ record: 'sent' })
    } catch {
      store.setState({ record: 'failed' })
    }
  }
  const about = (tool: ToolManifest, { of: { series }, choice }: ChosenInput, modelSha256: string, runtime: string, started: string) => ({
    choice: { ...choice, grounds: [...choice.grounds] },
    tool: tool.id, toolVersion: tool.version, modelSha256: [modelSha256], study: series.studyInstanceUid, series: series.seriesInstanceUid, sopInstanceUids: new Set(series.frames.map(({ ref }) => ref.sopInstanceUid)).size, runtime, started, ended: clock().toISOString(),
  })
  const modelOf = async (sha: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = new Uint8Array(await (await api.call('toolFile', { params: { sha256: sha }, signal })).arrayBuffer())
    // The hub names the file by its hash; what came is believed only where it hashes to that.
    if (await sha256(bytes) !== sha) throw new Error('the network that came is not the one the tool names')
    return bytes
  }
  const labelled = (series: EngineSeries, slices: number, data: Uint8Array): LabelMap => ({ columns: series.frames[0]?.pixels.columns ?? 0, rows: series.frames[0]?.pixels.rows ?? 0, slices, data })

  /** @param slice the one in view, for tools that look at one */
  const start = async (tool: ToolManifest, input: ChosenInput, slice: number): Promise<void> => {
    const { series } = input.of
    abort?.abort()
    const own = new AbortController()
    abort = own
    const { signal } = own
    const started = clock()
    const sha = tool.files.find(({ role }) => role === 'model')?.sha256 ?? ''
    let [current, since] = ['images', started.getTime()]
    const done: { step: string; seconds: number }[] = []
    const progress = (step: string, share: number): void => {
      if (signal.aborted) return
      const now = clock().getTime()
      if (step !== current) {
        done.push({ step: current, seconds: (now - since) / 1000 });
        [current, since] = [step, now]
      }
      set({ kind: 'running', tool, step, share, done: [...done] })
    }
    store.setState({ state: { kind: 'running', tool, step: 'images', share: 0, done: [] }, record: 'none' })
    try {
      const slices = scopeOf(tool) === 'slice' ? [slice] : series.frames.map((_, index) => index)
      const data = await engine.values(series, slices, { signal, onProgress: (share) => progress('images', share) })
      progress('model', 0)
      const model = await modelOf(sha, signal)
      const outcome = await run({ fetch, steps: tool.pipeline, model, volume: { ...latticeOf(series, slices), data }, signal, onProgress: ({ step, share }) => progress(step, share) })
      const base = { tool, series, input, modelSha256: sha, runtime: outcome.runtime, started: started.toISOString(), ended: clock().toISOString() }
      const found: Found = outcome.kind === 'scores' ? { ...base, scores: outcome.scores, slice } : { ...base, labelMap: labelled(series, slices.length, outcome.labels), labelSha256: await sha256(new Uint8Array(outcome.labels)) }
      set({ kind: 'found', found, accepted: false, saving: { kind: 'none' } })
    } catch (error) {
      if (signal.aborted) {
        set({ kind: 'idle' })
        await record({ ...about(tool, input, sha, 'browser', started.toISOString()), outcome: 'cancelled' })
        return
      }
      const detail = detailOf(error)
      set({ kind: 'failed', tool, detail })
      await record({ ...about(tool, input, sha, 'browser', started.toISOString()), outcome: 'failed', reason: detail.slice(0, 500) })
    }
  }
  return {
    store,
    start,
    /** A person wants this stack taken, whatever the rule says. */
    pick: (tool: string, key: string): void => store.setState(({ picks }) => ({ picks: { ...picks, [tool]: key } })),
    /** Ends the worker at once, whatever it is at. */
    cancel: (): void => abort?.abort(),
    /** What a person says of the result, once; it goes into the run's record. A rejected one is gone. */
    judge: async (outcome: 'accepted' | 'rejected'): Promise<void> => {
      const { state } = store.getState()
      if (state.kind !== 'found' || state.accepted) return
      const { tool, input, modelSha256, runtime, started, labelSha256 } = state.found
      set(outcome === 'rejected' ? { kind: 'idle' } : { ...state, accepted: true })
      await record({ ...about(tool, input, modelSha256, runtime, started), outcome, ...(labelSha256 ? { labelSha256 } : {}) })
    },
    /** Gives the result to whoever keeps it; where that fails the result stays, with the reason. */
    keep: async (save: (found: Found) => Promise<void>): Promise<void> => {
      const { state } = store.getState()
      if (state.kind !== 'found' || state.saving.kind === 'busy') return
      const after = (next: RunState): void => {
        const { state: now } = store.getState()
        if (now.kind === 'found' && now.found === state.found) set(next)
      }
      set({ ...state, saving: { kind: 'busy' } })
      try {
        await save(state.found)
        after({ kind: 'idle' })
      } catch (error) {
        after({ ...state, saving: { kind: 'failed', detail: detailOf(error) } })
      }
    },
    dispose: (): void => abort?.abort(),
  }
}
export type ToolRuns = ReturnType<typeof createToolRuns>
