import type { BrowserContext, Locator, Page } from '@playwright/test'
import { expect } from '../journey.ts'
import { pictureOf, type Picture } from '../pixels.ts'

type Vec = readonly number[]
type OhifViewport = { readonly worldToCanvas: (point: Vec) => Vec; readonly getCurrentImageId: () => string | undefined; readonly element: HTMLElement }
type LabelmapData = { readonly imageIds?: readonly string[] }
/** What OHIF leaves on its window, as far as it is asked here. */
type OhifWindow = {
  readonly services: {
    readonly measurementService: { readonly getMeasurements: () => readonly { readonly uid: string; readonly toolName: string }[] }
    readonly viewportGridService: { readonly getActiveViewportId: () => string }
    readonly cornerstoneViewportService: { readonly getCornerstoneViewport: (id: string) => OhifViewport | null }
    readonly segmentationService: { readonly getSegmentations: () => readonly { readonly representationData: { readonly Labelmap?: LabelmapData } }[] }
  }
  readonly cornerstone: { readonly cache: { readonly getImage: (id: string) => { readonly referencedImageId?: string; readonly voxelManager: { readonly getScalarData: () => ArrayLike<number> } } | undefined } }
}
declare global {
  interface Window extends OhifWindow {}
}

/** A study in OHIF, in a page of its own without its tour, once its first picture is there. */
export const openInOhif = async (context: BrowserContext, { address, study, mode = 'viewer' }: { readonly address: string; readonly study: string; readonly mode?: 'viewer' | 'segmentation' }): Promise<Page> => {
  const page = await context.newPage()
  await page.addInitScript(() => localStorage.setItem('shownTours', JSON.stringify(['basicViewerTour'])))
  await page.goto(`${address}/${mode}?StudyInstanceUIDs=${study}`)
  await shown(page)
  if (mode === 'viewer') await openPanel(page)
  return page
}

/** Opens the panel of measurements, and waits until the viewport has taken its new width: what is drawn before lies elsewhere. */
const openPanel = async (page: Page): Promise<void> => {
  const pane = activePane(page)
  const width = () => pane.evaluate((element) => element.clientWidth)
  const before = await width()
  await page.locator('[data-cy="trackedMeasurements-btn"]').click()
  await expect.poll(width).not.toBe(before)
  await expect.poll(() => pane.evaluate((element) => {
    const [canvas, holder] = [element.querySelector('canvas'), element.querySelector('.cornerstone-viewport-element, .viewport-element')]
    return canvas !== null && holder !== null && canvas.width === Math.round(holder.clientWidth * window.devicePixelRatio)
  })).toBe(true)
}

/** The active viewport has a picture of the series; of any where none is named. */
const shown = (page: Page, series = ''): Promise<unknown> => page.waitForFunction((uid) => {
  // Before the grid of viewports is there its service cannot be asked.
  if (!document.querySelector('[data-cy="viewport-pane"] canvas')) return false
  const { services } = window
  const viewport = services.cornerstoneViewportService.getCornerstoneViewport(services.viewportGridService.getActiveViewportId())
  return Boolean(viewport?.getCurrentImageId()?.includes(uid))
}, series, { timeout: 60_000 })

/** Opens a series from the list at the left. */
export const showSeries = async (page: Page, name: string, series: string): Promise<void> => {
  await page.locator('[data-cy="study-browser-thumbnail"]').filter({ has: page.getByText(name, { exact: true }) }).dblclick()
  await shown(page, series)
}

/** Opens a report or segmentation from the list at the left, and says yes where OHIF asks whether to take it up. */
export const takeUp = async (page: Page, name: string | RegExp): Promise<void> => {
  await page.locator('[data-cy="study-browser-thumbnail-no-image"]').filter({ hasText: name }).dblclick()
  await page.getByRole('button', { name: 'Yes', exact: true }).click()
}

/** A row of OHIF's panel: its tool, its title, its lines. */
export type PanelRow = { readonly tool: string; readonly title: string; readonly lines: readonly string[] }
/** The rows of OHIF's panel of measurements by the tool they were drawn with. */
export const panelRows = async (page: Page, count: number): Promise<readonly PanelRow[]> => {
  const rows = page.locator('[data-cy^="measurement-table-row"]')
  await expect(rows).toHaveCount(count)
  // An area without its unit is that of the report: OHIF measures anew when it has drawn the mark.
  await expect.poll(async () => (await rows.locator('[data-cy="data-row-detail-line"]').allTextContents()).filter((line) => /NaN|^[\d.]+ *$/.test(line))).toEqual([])
  const tools = await page.evaluate(() => window.services.measurementService.getMeasurements().map(({ toolName }) => toolName))
  // Arrows stand below, as additional findings.
  const order = [...tools.filter((tool) => tool !== 'ArrowAnnotate'), ...tools.filter((tool) => tool === 'ArrowAnnotate')]
  const said = await rows.evaluateAll((all) => all.map((row) => ({
    title: row.querySelector('[data-cy="data-row-title"]')?.textContent ?? '',
    lines: [...row.querySelectorAll('[data-cy="data-row-details-primary"] [data-cy="data-row-detail-line"]')].map((line) => line.textContent ?? ''),
  })))
  return said.map((row, index) => ({ ...row, tool: order[index] ?? '' }))
}

/** Where points of the patient are on the canvas of the active viewport, and what its vectors draw there: ends of lines, axis ends, corners of outlines. */
export const onCanvas = (page: Page, points: readonly Vec[]): Promise<{ readonly places: Vec[]; readonly vectors: Vec[]; readonly image: string }> => page.evaluate((world) => {
  const { services } = window
  const viewport = services.cornerstoneViewportService.getCornerstoneViewport(services.viewportGridService.getActiveViewportId())
  if (!viewport) throw new Error('no viewport is active')
  const of = (element: Element, ...names: string[]): number[] => names.map((name) => Number(element.getAttribute(name)))
  const vectors = [...viewport.element.querySelectorAll('svg.svg-layer line, svg.svg-layer ellipse, svg.svg-layer path, svg.svg-layer circle')].flatMap((element): number[][] => {
    if (element.tagName === 'line') return [of(element, 'x1', 'y1'), of(element, 'x2', 'y2')]
    if (element.tagName === 'circle') return [of(element, 'cx', 'cy')]
    if (element.tagName === 'path') return [...(element.getAttribute('d') ?? '').matchAll(/(-?[\d.]+), (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
    const [x = 0, y = 0, rx = 0, ry = 0] = of(element, 'cx', 'cy', 'rx', 'ry')
    const turn = (Number(/rotate\((-?[\d.e-]+)/.exec(element.getAttribute('transform') ?? '')?.[1] ?? 0) * Math.PI) / 180
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
    return [[rx * cos, rx * sin], [-rx * cos, -rx * sin], [-ry * sin, ry * cos], [ry * sin, -ry * cos]].map(([dx = 0, dy = 0]) => [x + dx, y + dy])
  })
  return { places: world.map((point) => [...viewport.worldToCanvas(point)]), vectors, image: viewport.getCurrentImageId() ?? '' }
}, points)

/** The picture of the active viewport without vectors and words over it. */
export const pictureInOhif = async (page: Page): Promise<Picture> => {
  const style = await page.addStyleTag({ content: 'svg.svg-layer, [data-cy^="viewport-overlay"], [data-cy^="viewport-action"] { visibility: hidden !important }' })
  const picture = await pictureOf(activePane(page).locator('canvas'))
  await style.evaluate((element) => element.parentNode?.removeChild(element))
  return picture
}

/** Drags over the active viewport through places given as shares of its width and height. */
const dragInOhif = async (page: Page, places: readonly (readonly [number, number])[]): Promise<void> => {
  const box = await activePane(page).boundingBox()
  if (!box) throw new Error('the viewport has no box')
  for (const [index, [x, y]] of places.entries()) {
    await page.mouse.move(box.x + box.width * x, box.y + box.height * y, { steps: index === 0 ? 1 : 6 })
    if (index === 0) await page.mouse.down()
  }
  await page.mouse.up()
}
const activePane = (page: Page): Locator => page.locator('[data-cy="viewport-pane"]').first()

/** Takes one of OHIF's measuring tools. */
const takeTool = async (page: Page, tool: string): Promise<void> => {
  await page.locator('[data-cy="MeasurementTools-split-button-secondary"]').click()
  await page.locator(`[role="menuitem"][data-cy="${tool}"]`).click()
}

/** Draws with a measuring tool through places; whoever is asked whether to follow the series says yes, and gives an arrow its words. */
export const drawInOhif = async (page: Page, tool: string, places: readonly (readonly [number, number])[], words: string): Promise<void> => {
  const before = await page.evaluate(() => window.services.measurementService.getMeasurements().length)
  await takeTool(page, tool)
  await dragInOhif(page, places)
  if (tool === 'ArrowAnnotate') {
    await page.getByRole('dialog').getByRole('textbox').fill(words)
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  }
  await expect.poll(() => page.evaluate(() => window.services.measurementService.getMeasurements().length)).toBe(before + 1)
  const follow = page.getByRole('button', { name: 'Yes', exact: true })
  if (before === 0) await follow.click()
  await expect(follow).toHaveCount(0)
  if (tool === 'ArrowAnnotate') await expect(page.locator('[data-cy="data-row-title"]').filter({ hasText: words })).toHaveCount(1)
}

/** Saves what the panel lists as a report: OHIF hears that the archive has it. */
export const saveReport = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'Create SR' }).click()
  await saveAs(page, name)
}
const saveAs = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('dialog').getByRole('textbox').fill(name)
  const stored = page.waitForResponse((response) => response.request().method() === 'POST' && response.url().endsWith('/dicom-web/studies'))
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  expect((await stored).status()).toBe(200)
}

/** Paints a new segment with OHIF's brush on two slices, in its segmentation mode. */
export const paintInOhif = async (page: Page): Promise<void> => {
  await page.locator('[data-cy="addSegmentation"]').click()
  await page.locator('[data-cy="Brush-btn"]').click()
  for (const y of [0.45, 0.55]) {
    const [before, image] = [(await labelsInOhif(page)).size, (await onCanvas(page, [])).image]
    await dragInOhif(page, [[0.42, y], [0.52, y]])
    await expect.poll(async () => (await labelsInOhif(page)).size).toBeGreaterThan(before)
    await page.mouse.wheel(0, 100)
    await expect.poll(async () => (await onCanvas(page, [])).image).not.toBe(image)
  }
}

/** Saves the segmentation as DICOM SEG under a name: OHIF hears that the archive has it. */
export const saveSegmentation = async (page: Page, name: string): Promise<void> => {
  await page.locator('[data-cy="segmentation-collapsed-more-btn-Labelmap"]').click()
  await page.getByRole('menuitem', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'DICOM SEG' }).click()
  await saveAs(page, name)
}

/** Voxels of OHIF's only segmentation by `instance:index`, each with its segment. */
export const labelsInOhif = async (page: Page): Promise<ReadonlyMap<string, number>> => {
  const found = await page.evaluate(() => {
    const { services, cornerstone } = window
    return services.segmentationService.getSegmentations().flatMap(({ representationData }) => (representationData.Labelmap?.imageIds ?? []).flatMap((id) => {
      const image = cornerstone.cache.getImage(id)
      const instance = /\/instances\/([\d.]+)/.exec(image?.referencedImageId ?? '')?.[1] ?? '?'
      return [...Array.from(image?.voxelManager.getScalarData() ?? []).entries()].flatMap(([index, value]): [string, number][] => (value > 0 ? [[`${instance}:${index}`, value]] : []))
    }))
  })
  return new Map(found)
}
