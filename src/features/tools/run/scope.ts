import type { ToolManifest } from '../../../contract/index.ts'
import { parsePipeline } from '../../../inference/pipeline.ts'

/**
 * What a tool needs of its series: all slices as one volume, all of them one by one, or the one slice that is looked at.
 * @throws Error where its steps are not understood
 */
export const scopeOf = ({ pipeline }: Pick<ToolManifest, 'pipeline'>): 'volume' | 'slices' | 'slice' => {
  const steps = parsePipeline(pipeline)
  const predict = steps.find((step) => step.step === 'predict')
  if (steps.at(-1)?.step === 'scores') return 'slice'
  return predict?.step === 'predict' && predict.pictures && !steps.some(({ step }) => step === 'orient' || step === 'resample') ? 'slices' : 'volume'
}

/** Why a tool runs on no series at all; undefined where it runs. `text`: of the tool, or of its pipeline as it says it. */
export type Fault = { readonly reason: 'parts' | 'steps'; readonly text: string }
export const faultOf = (tool: Pick<ToolManifest, 'files' | 'kind' | 'pipeline'>): Fault | undefined => {
  try {
    if (tool.files.filter(({ role }) => role === 'model').length !== 1 || (tool.kind !== 'segmentation' && tool.kind !== 'classification')) return { reason: 'parts', text: tool.kind }
    scopeOf(tool)
    return undefined
  } catch (error) {
    return { reason: 'steps', text: error instanceof Error ? error.message : '' }
  }
}
