import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gridPoint } from '../../domain/geometry/grid.ts'
import { norm, subtract } from '../../domain/geometry/plane.ts'
import type { Vec3 } from '../../domain/geometry/points.ts'
import { placeMask } from '../../domain/segmentation/regrid.ts'
import { gridsOf } from '../../testing/grids.ts'
import { program } from '../../testing/programs.ts'
import { endings, readMaskFile, writeMaskFile } from './files.ts'
import type { MaskFormat } from './types.ts'
import written from './writtenByItk.json' with { type: 'json' }

const size = [4, 3, 2] as const
const grids = gridsOf(size)
type Name = keyof typeof grids
const values = Uint8Array.from({ length: 24 }, (_, v) => v % 5)

describe('written by ITK 5.4 (of @itk-wasm/image-io 1.6.1) over the same lattices, with the labels 0 to 4 in turn', () => {
  it.each(Object.entries(written))('%s is read alike, and lies on the voxels of the series', async (name, base64) => {
    const grid = grids[name.split('.')[0] as Name]
    const read = await readMaskFile(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))
    expect(read.grid.dimensions).toEqual(size)
    for (const [index, own] of [grid.origin, ...grid.steps].entries()) expect(norm(subtract([read.grid.origin, ...read.grid.steps][index] ?? [Number.NaN, 0, 0], own))).toBeLessThan(1e-4)
    expect([...read.values]).toEqual([...values])
    expect(placeMask(read, grid)).toMatchObject({ resampled: false, labelMap: { data: values } })
  })
})

describe('read by a reader of its own', () => {
  const cases = Object.keys(grids).flatMap((name) => (['NIfTI', 'NRRD', 'MHA'] as const).flatMap((format) => [false, true].map((wide) => [name as Name, format as MaskFormat, wide] as const)))
  it.skipIf(!program('pydicom')).each(cases)('%s in %s, 16 bits %s: each voxel is where it is to 1e-3 mm (needs numpy, which comes with python3-pydicom)', async (name, format, wide) => {
    const grid = grids[name]
    const labels = wide ? Uint16Array.from(values, (value) => value * 1000) : values
    const folder = mkdtempSync(join(tmpdir(), 'ciw-mask-'))
    try {
      const path = join(folder, `mask${endings[format]}`)
      writeFileSync(path, await writeMaskFile(format, { grid, values: labels }, new Map([[1, { name: 'Lung: left', colour: [1, 2, 3] }]])))
      const { stdout, stderr } = spawnSync('/usr/bin/python3', ['src/testing/reference/read_mask.py', path], { encoding: 'utf8' })
      expect(stderr).toBe('')
      const expected = [...labels].flatMap((value, v) => (value > 0 ? [{ value, at: gridPoint(grid, [v % 4, Math.floor(v / 4) % 3, Math.floor(v / 12)]) }] : []))
      const read = JSON.parse(stdout) as [number, number, number, number][]
      expect(read.map(([, , , value]) => value)).toEqual(expected.map(({ value }) => value))
      read.forEach(([x, y, z], index) => expect(norm(subtract([x, y, z] satisfies Vec3, expected[index]?.at ?? [Number.NaN, 0, 0]))).toBeLessThan(1e-3))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
