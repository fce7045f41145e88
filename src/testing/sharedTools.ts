import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shared } from './shared.ts'

const manifests = fileURLToPath(new URL('tools/', import.meta.url))

/** Tools of others whose manifests stand in `src/testing/tools`, by their id; each needs its network among the shared models. */
export const sharedToolIds = (): string[] => readdirSync(manifests)

/** A folder as `--tools DIR` takes it: each manifest beside its network. Undefined without the shared models; remove it after use. */
export const sharedToolsFolder = (): string | undefined => {
  const networks = sharedToolIds().map((id) => [id, shared(`models/${id}/model.onnx`)] as const)
  if (networks.some(([, network]) => network === undefined)) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'shared-tools-'))
  for (const [id, network] of networks) {
    mkdirSync(join(folder, id))
    cpSync(join(manifests, id, 'tool.json'), join(folder, id, 'tool.json'))
    copyFileSync(network ?? '', join(folder, id, 'model.onnx'))
  }
  return folder
}
