import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shared } from './shared.ts'

const manifests = fileURLToPath(new URL('tools/', import.meta.url))

/** Tools of others whose manifests stand in `src/testing/tools`, by their id; each needs its network among the shared models. */
export const sharedToolIds = (): string[] => readdirSync(manifests)

type Manifest = { readonly files: readonly { readonly role: string; readonly name: string }[] }
/** Where the shared models keep a network: tools of one have a folder, tools of two one for each role. */
const networkOf = (id: string, role: string): string | undefined => shared(`models/${role === 'model' ? id : `${id}-${role}`}/model.onnx`)

/** A folder as `--tools DIR` takes it: each manifest beside its networks. Undefined without the shared models; remove it after use. */
export const sharedToolsFolder = (): string | undefined => {
  const tools = sharedToolIds().map((id) => {
    const manifest = join(manifests, id, 'tool.json')
    const { files } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest
    return { id, manifest, networks: files.map(({ role, name }) => ({ name, from: networkOf(id, role) })) }
  })
  if (tools.some(({ networks }) => networks.some(({ from }) => from === undefined))) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'shared-tools-'))
  for (const { id, manifest, networks } of tools) {
    mkdirSync(join(folder, id))
    cpSync(manifest, join(folder, id, 'tool.json'))
    for (const { name, from } of networks) copyFileSync(from ?? '', join(folder, id, name))
  }
  return folder
}
