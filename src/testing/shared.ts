import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The folder of shared test material: SHARED_DIR, else `../shared` beside the project's root. */
export const sharedDir = (): string => process.env['SHARED_DIR'] ?? join(root, '..', 'shared')

/**
 * A file or folder of the shared material, undefined where it is absent: then the test is a counted skip,
 * but with REQUIRE=all an error.
 */
export const shared = (path: string): string | undefined => {
  const full = join(sharedDir(), path)
  if (existsSync(full)) return full
  if (process.env['REQUIRE'] === 'all') throw new Error(`REQUIRE=all, and the shared material has no ${path}`)
  return undefined
}
