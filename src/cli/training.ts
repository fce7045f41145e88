import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { safeParse, ToolManifest } from '../contract/index.ts'
import { createNodeRuntime } from '../node/wasmRuntime.ts'
import { seeds, trainingCase } from '../testing/training/cases.ts'
import { shared } from '../testing/shared.ts'
import { evaluateHeldOut, evaluateLidc } from '../testing/training/evaluate.ts'

/** Writes the cases that the network is trained on: HU, nodules and lungs of each seed, as `train.py` reads them. */
export const writeTrainingCases = (folder: string, log: (line: string) => void): void => {
  mkdirSync(folder, { recursive: true })
  for (const seed of seeds.train) {
    const { hu, nodules, lungs } = trainingCase(seed)
    writeFileSync(join(folder, `${seed}.hu`), new Uint8Array(hu.buffer))
    writeFileSync(join(folder, `${seed}.mask`), nodules)
    writeFileSync(join(folder, `${seed}.lung`), lungs)
    log(`${seed} is written`)
  }
}

/** The shipped network on the cases it has not seen, beside the baseline; on the CT of a person where the shared material is there. */
export const evaluateShipped = async (tool: string, log: (line: string) => void): Promise<void> => {
  const manifest = safeParse(ToolManifest, JSON.parse(readFileSync(join(tool, 'tool.json'), 'utf8')))
  if (!manifest.success) throw new Error(manifest.error.message)
  const [model, runtime] = [readFileSync(join(tool, 'model.onnx')), createNodeRuntime()]
  await evaluateHeldOut(manifest.data.pipeline, model, runtime, log)
  const lidc = shared('data/lidc-idri/LIDC-IDRI-0314')
  if (lidc) await evaluateLidc(manifest.data.pipeline, model, runtime, lidc, log)
}
