import type { ToolManifest } from '../../../contract/index.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { parsePipeline } from '../../../inference/pipeline.ts'

/** Why a tool does not run on a series; undefined where it does. `text`: of the pipeline, as it says it. */
export type Misfit = { readonly reason: 'modality' | 'colour' | 'notVolume' | 'parts' | 'steps'; readonly text: string }

/** What a tool needs of the open series: all its slices as one volume, or the one slice that is looked at. */
export const scopeOf = ({ pipeline }: ToolManifest): 'volume' | 'slices' | 'slice' => {
  const steps = parsePipeline(pipeline)
  const predict = steps.find((step) => step.step === 'predict')
  if (steps.at(-1)?.step === 'scores') return 'slice'
  return predict?.step === 'predict' && predict.pictures && !steps.some(({ step }) => step === 'orient' || step === 'resample') ? 'slices' : 'volume'
}

export const misfitOf = (tool: ToolManifest, series: EngineSeries): Misfit | undefined => {
  try {
    if (tool.files.filter(({ role }) => role === 'model').length !== 1 || (tool.kind !== 'segmentation' && tool.kind !== 'classification')) return { reason: 'parts', text: tool.kind }
    if (!tool.modalities.includes(series.modality)) return { reason: 'modality', text: tool.modalities.join(', ') }
    if ((series.frames[0]?.pixels.samplesPerPixel ?? 1) !== 1) return { reason: 'colour', text: '' }
    if (scopeOf(tool) === 'volume' && series.notAVolume) return { reason: 'notVolume', text: series.notAVolume }
    return undefined
  } catch (error) {
    return { reason: 'steps', text: error instanceof Error ? error.message : '' }
  }
}
