import { existsSync } from 'node:fs'

const places = {
  orthanc: ['/usr/sbin/Orthanc', '/usr/local/sbin/Orthanc'],
  orthancDicomWeb: ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so'],
  postgres: ['/usr/lib/postgresql/15/bin/postgres'],
  dciodvfy: ['/usr/bin/dciodvfy'],
  pydicom: ['/usr/lib/python3/dist-packages/pydicom/__init__.py'],
  chromium: ['/usr/bin/chromium'],
} as const

export type Program = keyof typeof places

/**
 * Where a program that tests need is installed, undefined where it is not: then the test is a counted skip,
 * but with REQUIRE=all an error.
 */
export const program = (name: Program): string | undefined => {
  const found = places[name].find((path) => existsSync(path))
  if (!found && process.env['REQUIRE'] === 'all') throw new Error(`REQUIRE=all, and ${name} is not installed (looked in ${places[name].join(', ')})`)
  return found
}
