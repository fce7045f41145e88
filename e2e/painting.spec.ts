import { decodeSegmentation } from '../src/dicom/seg/decode.ts'
import { expect, openStudy, signIn, test } from './journey.ts'

test('what is painted is on this device, undone across tools, there after a reload, and at the hospital voxel by voxel', async ({ page, hub }) => {
  await signIn(page, hub, 'clinician', '/studies?dataset=lung-archive')
  await openStudy(page, 'BRZ-0001')
  const row = page.locator('li[data-painting="S1"]')
  const size = async (): Promise<string> => /[\d.]+ ml/.exec(await row.innerText())?.[0] ?? ''
  const box = await page.locator('[data-viewport="one"]').boundingBox()
  if (!box) throw new Error('the viewport has no box')
  const drag = async (y: number, from: number, to: number): Promise<void> => {
    await page.mouse.move(box.x + box.width * from, box.y + box.height * y)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * to, box.y + box.height * y, { steps: 6 })
    await page.mouse.up()
  }
  const sweep = async (tool: string, y: number, from: number, to: number): Promise<void> => {
    await page.getByRole('button', { name: tool, exact: true }).click()
    await drag(y, from, to)
  }
  await sweep('Brush', 0.5, 0.35, 0.45)
  await expect(row).toHaveAttribute('data-state', 'device')
  const first = await size()
  // One stroke after another, also where words on the page are selected: none of them drags those.
  await page.keyboard.press('Control+a')
  await drag(0.5, 0.4, 0.5)
  await expect.poll(size).not.toBe(first)
  await expect(row).toHaveAttribute('data-state', 'device')
  const once = await size()
  await sweep('Length', 0.3, 0.4, 0.6)
  await sweep('Brush', 0.6, 0.35, 0.45)
  await sweep('Eraser', 0.5, 0.4, 0.5)
  await expect(row).toHaveAttribute('data-state', 'device')
  const all = await size()
  expect(Number.parseFloat(all)).toBeGreaterThan(Number.parseFloat(once))

  // Eraser, brush and length are taken back in turn, and done again.
  for (const marks of [1, 1, 0]) {
    await page.keyboard.press('Control+z')
    await expect(page.locator('li[data-mark]')).toHaveCount(marks)
  }
  await expect.poll(size).toBe(once)
  for (let step = 0; step < 3; step++) await page.keyboard.press('Control+Shift+z')
  await expect.poll(size).toBe(all)
  await page.getByRole('button', { name: 'Name S1' }).click()
  await page.keyboard.type('Nodule')
  await page.keyboard.press('Enter')
  await expect(row).toContainText('S1 Nodule')
  await expect(row).toHaveAttribute('data-state', 'device')

  await page.reload()
  await expect(row).toContainText('S1 Nodule')
  expect(await size()).toBe(all)
  await page.keyboard.press('Control+z')
  await expect(row).not.toContainText('Nodule')
  await page.keyboard.press('Control+Shift+z')

  const red = await page.locator('canvas[data-segments="one"]').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    let count = 0
    for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) count += 1
    return count
  })
  expect(red).toBeGreaterThan(500)
  const sent = page.waitForRequest((request) => request.method() === 'PUT' && request.url().includes('/api/submissions/'))
  await page.getByRole('button', { name: 'Save S1' }).click()
  const { segments, frames, algorithms } = await decodeSegmentation(new Uint8Array((await sent).postDataBuffer() ?? Buffer.alloc(0)))
  await expect(row).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })
  expect([segments[0]?.label, segments[0]?.trackingId, algorithms[0]?.type]).toEqual(['Nodule', 'S1', 'MANUAL'])
  const voxels = frames.reduce((sum, frame) => sum + frame.values().reduce((count: number, value) => count + value, 0), 0)
  // The generated chest of this hospital has pixels of 1.8 by 1.24 mm in slices 4.5 mm apart.
  expect(Number.parseFloat(all)).toBeCloseTo((voxels * 1.8 * 1.24 * 4.5) / 1000, 2)
  await page.getByText('Tools', { exact: true }).click()
  await expect(page.locator('li[data-kept]', { hasText: 'Nodule' })).toHaveAttribute('data-state', 'verified')
})
