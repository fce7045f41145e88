import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Builds the page of the ladder (`e2e/ladder`), which is no part of the program. @returns its files by name, written nowhere */
export const buildLadderPage = async (): Promise<ReadonlyMap<string, string | Uint8Array>> => {
  const built = await build({ configFile: false, root: join(root, 'e2e', 'ladder'), base: './', logLevel: 'warn', build: { write: false, target: 'es2022', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 5000 } }) as Rolldown.RolldownOutput
  return new Map(built.output.map((one) => [one.fileName, one.type === 'chunk' ? one.code : one.source]))
}
