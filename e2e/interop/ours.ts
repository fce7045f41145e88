import type { Locator, Page } from '@playwright/test'
import { decodeReport } from '../../src/dicom/sr/decode.ts'
import { decodeSegmentation, type DecodedSegmentation } from '../../src/dicom/seg/decode.ts'
import type { FramePlane } from '../../src/domain/geometry/points.ts'
import { norm, subtract } from '../../src/domain/geometry/plane.ts'
import type { Measurement } from '../../src/domain/measurement/types.ts'
import { expect } from '../journey.ts'
import type { KnownStudy } from './study.ts'

type Share = readonly [number, number]
/** What a person draws, as shares of the viewport: every kind of mark, and an ellipse higher and one wider than the other way. */
export const drawing: readonly { readonly tool: 'Length' | 'Bidirectional' | 'Ellipse' | 'Freehand' | 'Arrow'; readonly ohif: string; readonly places: readonly Share[] }[] = [
  { tool: 'Length', ohif: 'Length', places: [[0.3, 0.33], [0.4, 0.42]] },
  { tool: 'Bidirectional', ohif: 'Bidirectional', places: [[0.55, 0.32], [0.68, 0.4]] },
  { tool: 'Ellipse', ohif: 'EllipticalROI', places: [[0.3, 0.5], [0.38, 0.66]] },
  { tool: 'Ellipse', ohif: 'EllipticalROI', places: [[0.42, 0.58], [0.56, 0.66]] },
  { tool: 'Freehand', ohif: 'PlanarFreehandROI', places: [[0.6, 0.52], [0.68, 0.5], [0.73, 0.58], [0.68, 0.66], [0.61, 0.64], [0.6, 0.525]] },
  { tool: 'Arrow', ohif: 'ArrowAnnotate', places: [[0.45, 0.8], [0.55, 0.74]] },
]

/** Drags over a viewport of ours through places given as shares of its width and height. */
const drag = async (page: Page, viewport: Locator, places: readonly Share[]): Promise<void> => {
  const box = await viewport.boundingBox()
  if (!box) throw new Error('the viewport has no box')
  for (const [index, [x, y]] of places.entries()) {
    await page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: index === 0 ? 1 : 4 })
    if (index === 0) await page.mouse.down()
  }
  await page.mouse.up()
}
/** What a click sends to the hub as a submission. */
const submittedBy = async (page: Page, button: Locator): Promise<Uint8Array> => {
  const sent = page.waitForRequest((request) => request.method() === 'PUT' && request.url().includes('/api/submissions/'))
  await button.click()
  return new Uint8Array((await sent).postDataBuffer() ?? Buffer.alloc(0))
}

/** Opens a series of the study that is open. */
export const chooseSeries = async (page: Page, name: string): Promise<Locator> => {
  const viewport = page.locator('[data-viewport="one"]')
  await page.getByRole('navigation', { name: 'Series' }).getByRole('button', { name }).click()
  await expect(viewport).toContainText(name)
  await expect(viewport).toHaveAttribute('data-waiting', 'false', { timeout: 60_000 })
  return viewport
}

/** A mark as the report holds it, and what our list says of it, line by line. */
export type Drawn = { readonly mark: Measurement; readonly said: readonly string[] }
/** Draws every kind of mark with the mouse, gives the arrow its words, saves, and waits until the hospital has them: the marks of the report, and what our list says of each. */
export const drawAndSave = async (page: Page, viewport: Locator, arrow: string): Promise<readonly Drawn[]> => {
  for (const [index, { tool, places }] of drawing.entries()) {
    await page.getByRole('button', { name: tool, exact: true }).click()
    await drag(page, viewport, places)
    if (tool === 'Arrow') {
      await page.getByRole('textbox', { name: 'Label' }).fill(arrow)
      await page.keyboard.press('Enter')
    }
    await expect(page.locator(`li[data-mark="M${index + 1}"]`)).toHaveAttribute('data-state', 'device')
  }
  const { measurements } = await decodeReport(await submittedBy(page, page.getByRole('button', { name: 'Save', exact: true })))
  await expect(page.locator('li[data-mark][data-state="verified"]')).toHaveCount(drawing.length, { timeout: 60_000 })
  return Promise.all(measurements.map(async (mark) => ({ mark, said: await page.locator(`li[data-mark="${mark.trackingId}"] span[style*="nowrap"]`).allInnerTexts() })))
}

/** Paints a segment on two slices with the brush, names it and saves it: what was sent. */
export const paintAndSave = async (page: Page, viewport: Locator, name: string): Promise<DecodedSegmentation> => {
  const row = page.locator('li[data-painting="S1"]')
  await page.getByRole('button', { name: 'Brush', exact: true }).click()
  for (const y of [0.45, 0.55]) {
    const slice = Number(await viewport.getAttribute('data-slice'))
    await drag(page, viewport, [[0.42, y], [0.52, y]])
    await expect(row).toHaveAttribute('data-state', 'device')
    await page.mouse.wheel(0, 100)
    await expect(viewport).not.toHaveAttribute('data-slice', String(slice))
    await expect(viewport).toHaveAttribute('data-waiting', 'false')
  }
  await page.getByRole('button', { name: 'Name S1' }).click()
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  await expect(row).toContainText(name)
  await expect(row).toHaveAttribute('data-state', 'device')
  const bytes = await submittedBy(page, page.getByRole('button', { name: 'Save S1' }))
  await expect(row).toHaveAttribute('data-state', 'verified', { timeout: 60_000 })
  return decodeSegmentation(bytes)
}

/** Voxels of a segmentation by the image they lie on, `instance:index`, each with its segment: found by where a frame lies, not by what it refers to. */
export const voxelsOf = (segmentation: DecodedSegmentation, { images }: KnownStudy): ReadonlyMap<string, number> => new Map(segmentation.frames.flatMap(({ plane, segmentNumber, values }) => {
  const same = (one: FramePlane): boolean => ([['origin', 1e-3], ['rowDirection', 1e-4], ['columnDirection', 1e-4]] as const).every(([part, within]) => norm(subtract(one[part], plane[part])) < within)
  const [instance = '?'] = [...images].find(([, image]) => same(image.plane)) ?? []
  return [...values().entries()].flatMap(([index, value]): [string, number][] => (value > 0 ? [[`${instance}:${index}`, segmentNumber ?? value]] : []))
}))

/** What a report of others says in our panel, group by group. */
export type ReportShown = { readonly title: string; readonly numbers: readonly { readonly name: string; readonly text: string; readonly recomputed: boolean }[]; readonly said: string }
/** The report of others in our panel whose summary holds the words: its groups, with the numbers that stand in each. */
export const othersReport = async (page: Page, words: string): Promise<readonly ReportShown[]> => {
  const look = page.getByRole('region', { name: 'Of others' }).getByRole('button')
  const report = page.locator('details[data-other="report"]').filter({ hasText: words })
  await expect(async () => {
    await look.click()
    await expect(report).toHaveCount(1, { timeout: 2000 })
  }).toPass({ timeout: 60_000 })
  await report.locator('summary').first().click()
  return report.locator('section[data-group]').evaluateAll((groups) => groups.map((group) => ({
    title: group.getAttribute('data-group') ?? '', said: [...group.querySelectorAll('ul:last-child li')].map((line) => line.textContent ?? '').join(' | '),
    numbers: [...group.querySelectorAll('li[data-number]')].map((number) => ({ name: number.getAttribute('data-number') ?? '', text: number.querySelector('span[title]')?.textContent ?? '', recomputed: number.querySelector('[data-recomputed]') !== null })),
  })))
}

/** Shows a segmentation of others over the images: how large our panel says it is, and how many pixels it covers on the first slice or the last. */
export const othersSegmentation = async (page: Page, viewport: Locator, name: string, end: 'Home' | 'End'): Promise<{ readonly volume: string; readonly covered: number }> => {
  await page.getByText('Tools', { exact: true }).click()
  const kept = page.locator('li[data-kept]').filter({ hasText: name })
  await expect(kept).toHaveCount(1, { timeout: 60_000 })
  await kept.getByRole('button').first().click()
  const layer = page.locator('canvas[data-segments="one"]')
  await expect(layer).toBeVisible()
  const volume = /[\d.,]+ mL/.exec(await page.locator('[data-segment]').first().innerText())?.[0] ?? ''
  await page.keyboard.press(end)
  await expect(viewport).toHaveAttribute('data-waiting', 'false')
  const count = (): Promise<number> => layer.evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    let found = 0
    for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) found += 1
    return found
  })
  await expect.poll(count).toBeGreaterThan(0)
  return { volume, covered: await count() }
}
