import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { syntheticCt, uidOf } from '../src/testing/dicom.ts'
import { program } from '../src/testing/programs.ts'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'
import { expect, signIn, test } from './journey.ts'
import { pictureOf, type Picture } from './pixels.ts'

/*
 * A line drawn with the pointer, judged from outside: where the pointer goes is computed here from single bright voxels found on the
 * screen, and what was stored is read from the archive's folder by pydicom. Nothing of the engine's or the domain's geometry is used.
 */
const [columns, rows, slices] = [459, 321, 41]
/** mm from column to column, row to row, slice to slice. */
const [across, down, up] = [0.6, 0.9, 1.5]
/** Centre of the first voxel: Image Position (Patient) of the first slice. */
const origin = [-columns / 2, -rows / 2, 0] as const
/** The frame and the coronal plane that are shown first lie in the middle. */
const [middleSlice, middleRow] = [20, 160]
/** [column, row] of bright voxels of the middle frame; [column, slice] of those of the middle coronal plane. */
const onFrame = [[60, 40], [400, 60], [90, 130], [330, 110], [70, 280], [390, 250]] as const
const onCoronal = [[60, 8], [180, 12], [390, 6], [90, 34], [300, 30], [400, 35]] as const
const has = (list: readonly (readonly [number, number])[], column: number, other: number): boolean => list.some((one) => one[0] === column && one[1] === other)
/** The window is 400 about 40: voxels at its ends are black and white, and neither is cut off, so that the light of one has its centre where the voxel has. */
const [black, white] = [-160 + 1024, 240 + 1024]
const stored = (column: number, row: number, slice: number): number =>
  (slice === middleSlice && row !== middleRow && has(onFrame, column, row)) || (row === middleRow && slice !== middleSlice && has(onCoronal, column, slice)) ? white : black

/** The light around a guess, CSS pixels of the element: its centre and its sum over white. */
const lightNear = ({ gray }: Picture, [x, y]: readonly [number, number]): { at: readonly [number, number]; sum: number } => {
  let [sum, sumX, sumY] = [0, 0, 0]
  for (let row = Math.round(y) - 9; row < y + 9; row++) {
    for (let column = Math.round(x) - 9; column < x + 9; column++) {
      const value = gray(column, row) / 255
      sum += value
      sumX += value * (column + 0.5)
      sumY += value * (row + 0.5)
    }
  }
  return { at: [sumX / sum, sumY / sum], sum }
}
/** Least squares: pixel = offset + scale * index, and how far the worst point lies off, pixels. */
const fitted = (pairs: readonly (readonly [number, number])[]): { offset: number; scale: number; worst: number } => {
  const mean = (of: (pair: readonly [number, number]) => number): number => pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length
  const [x, y] = [mean(([index]) => index), mean(([, pixel]) => pixel)]
  const scale = mean(([index, pixel]) => (index - x) * (pixel - y)) / mean(([index]) => (index - x) ** 2)
  const offset = y - scale * x
  return { offset, scale, worst: Math.max(...pairs.map(([index, pixel]) => Math.abs(offset + scale * index - pixel))) }
}
/**
 * Where voxels are on the screen, found from those that shine: pixels of the element for an index along each side.
 * @param guess of a voxel's place, to look around
 */
const placesOn = async (viewport: Locator, voxels: readonly (readonly [number, number])[], guess: (voxel: readonly [number, number]) => readonly [number, number]) => {
  const picture = await pictureOf(viewport)
  const lights = voxels.map((voxel) => lightNear(picture, guess(voxel)))
  const [x, y] = [0, 1].map((side) => fitted(voxels.map((voxel, index) => [voxel[side] ?? NaN, lights[index]?.at[side] ?? NaN])))
  if (!x || !y) throw new Error('no light')
  return { x, y, sums: lights.map(({ sum }) => sum) }
}

const drawLine = async (page: Page, viewport: Locator, from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
  const box = await viewport.boundingBox()
  if (!box) throw new Error('the viewport has no box')
  await page.getByRole('button', { name: 'Length' }).click()
  await page.mouse.move(box.x + from[0], box.y + from[1])
  await page.mouse.down()
  await page.mouse.move(box.x + (from[0] + to[0]) / 2 + 7, box.y + (from[1] + to[1]) / 2)
  await page.mouse.move(box.x + to[0], box.y + to[1])
  await page.mouse.up()
  const row = page.locator('li[data-mark="M1"]')
  await expect(row).toHaveAttribute('data-state', 'device')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(row).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })
}

type Read = { readonly numbers: readonly { readonly value: string; readonly unit: string; readonly concept: string; readonly type: string; readonly graphic: string; readonly data: readonly number[]; readonly image: string | null; readonly frameOfReference: string }[]; readonly patient: string }
/** The one report of a patient among the files of the archive, as pydicom reads it. */
const reportOf = (dataDir: string, patient: string): Read => {
  const reports = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => { const head = readFileSync(path).subarray(0, 1000).toString('latin1'); return head.startsWith('DICM', 128) && head.includes('1.2.840.10008.5.1.4.1.1.88.') })
    .map((path) => {
      const { stdout, stderr } = spawnSync('/usr/bin/python3', ['src/testing/reference/read_sr.py', path], { encoding: 'utf8' })
      expect(stderr).toBe('')
      return JSON.parse(stdout) as Read
    }).filter((report) => report.patient.startsWith(patient))
  expect(reports).toHaveLength(1)
  return reports[0] as Read
}

test.describe('drawn with the pointer and read from outside (needs python3-pydicom)', () => {
  test.skip(!program('pydicom'), 'python3-pydicom is not here')
  let hub: RunningHub
  let folder: string
  test.beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drawn-'))
    for (const patient of ['FRAME', 'CORONAL']) {
      mkdirSync(join(folder, patient))
      const files = syntheticCt({ patientId: patient, patientName: `${patient}^Drawn`, rows, columns, slices, pixelSpacing: [down, across], sliceSpacingMm: up, stored })
      for (const [index, file] of files.entries()) writeFileSync(join(folder, patient, `${index}.dcm`), file)
    }
    hub = await startHub({ cases: 'none', dicom: [folder] })
  })
  test.afterAll(async () => {
    await hub.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const openStudy = async (page: Page, patient: string): Promise<void> => {
    await signIn(page, hub, 'clinician', '/studies?dataset=own-files-1')
    await page.getByRole('row', { name: new RegExp(patient) }).click()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await expect(page.locator('[data-viewport="one"]')).toHaveAttribute('data-waiting', 'false')
    await page.getByText('Opening what was kept').waitFor({ state: 'hidden' })
  }

  test('a line from image point (100,200) to (180,260) is 72.25 mm on pixels of 0.9 by 0.6 mm, and SCOORD says where it lies', async ({ page }) => {
    // So wide that a column is two pixels and a row three: centres of voxels lie on whole pixels, where a pointer can be.
    await page.setViewportSize({ width: 2 * columns + 362, height: 3 * rows + 53 })
    await openStudy(page, 'FRAME')
    const viewport = page.locator('[data-viewport="one"]')
    await expect(viewport).toHaveAttribute('data-slice', String(middleSlice))
    const box = await viewport.boundingBox()
    if (!box) throw new Error('the viewport has no box')
    const { x, y } = await placesOn(viewport, onFrame, ([column, row]) => [box.width / 2 + (column + 0.5 - columns / 2) * 2, box.height / 2 + (row + 0.5 - rows / 2) * 3])
    expect([x.worst, y.worst].map((off) => off < 0.05)).toEqual([true, true])
    const pixelOf = (column: number, row: number): [number, number] => [x.offset + x.scale * column, y.offset + y.scale * row]
    const aims = [pixelOf(100, 200), pixelOf(180, 260)] as const
    // A pointer goes to whole pixels: those must be the voxels' centres, as far as can be seen.
    for (const [column, row] of aims) expect([Math.abs(column - Math.round(column)) / x.scale, Math.abs(row - Math.round(row)) / y.scale].map((off) => off < 0.01)).toEqual([true, true])
    const [from, to] = aims.map(([column, row]) => [Math.round(column), Math.round(row)] as const)
    if (!from || !to) throw new Error('no aim')
    await drawLine(page, viewport, from, to)

    const [number] = reportOf(hub.dataDir, 'FRAME').numbers
    expect(number).toMatchObject({ type: 'SCOORD', graphic: 'POLYLINE', unit: 'mm', concept: 'Length', image: uidOf(`FRAME/study/series/${middleSlice}`) })
    const wanted = [100.5, 200.5, 180.5, 260.5]
    expect(number?.data.map((value, index) => Math.abs(value - (wanted[index] ?? NaN)) < 0.01)).toEqual([true, true, true, true])
    expect(Math.abs(Number(number?.value) - 72.25)).toBeLessThan(0.01)
  })

  test('a line on the coronal plane has its points in space where the pointer was', async ({ page }) => {
    await page.setViewportSize({ width: 4 * columns + 366, height: 1000 })
    await openStudy(page, 'CORONAL')
    await page.getByText('Three planes').click()
    const viewport = page.locator('[data-viewport="coronal"]')
    await expect(viewport).toHaveAttribute('data-waiting', 'false', { timeout: 60_000 })
    const box = await viewport.boundingBox()
    if (!box) throw new Error('the viewport has no box')
    // Head up: slices go from the foot of the picture to its top.
    const { x, y, sums } = await placesOn(viewport, onCoronal, ([column, slice]) => [box.width / 2 + (column + 0.5 - columns / 2) * 2, box.height / 2 - (slice + 0.5 - slices / 2) * 5])
    expect([x.worst, y.worst].map((off) => off < 0.05)).toEqual([true, true])
    // The picture is that of row 161 of 321, to a tenth of a row by its light (what is drawn lies 0.08 mm off); the plane that points are taken on is the centre of the row.
    await expect(viewport).toContainText(`${middleRow + 1} / ${rows}`)
    for (const sum of sums) expect(sum / (x.scale * -y.scale)).toBeGreaterThan(0.9)
    const worldOf = ([column, row]: readonly [number, number]): number[] => [origin[0] + across * ((column - x.offset) / x.scale), origin[1] + down * middleRow, origin[2] + up * ((row - y.offset) / y.scale)]
    const [from, to] = [[Math.round(box.width * 0.31), Math.round(box.height / 2 - 37)], [Math.round(box.width * 0.66), Math.round(box.height / 2 + 29)]] as const
    await drawLine(page, viewport, from, to)

    const [number] = reportOf(hub.dataDir, 'CORONAL').numbers
    expect(number).toMatchObject({ type: 'SCOORD3D', graphic: 'POLYLINE', unit: 'mm', concept: 'Length', frameOfReference: uidOf('CORONAL/study/frame') })
    const wanted = [...worldOf(from), ...worldOf(to)]
    expect(number?.data.map((value, index) => Math.abs(value - (wanted[index] ?? NaN)) < 0.01)).toEqual(Array.from({ length: 6 }, () => true))
    expect(Math.abs(Number(number?.value) - Math.hypot(...[0, 1, 2].map((axis) => (wanted[axis] ?? NaN) - (wanted[axis + 3] ?? NaN))))).toBeLessThan(0.01)
  })
})
