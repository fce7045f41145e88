import { encodeImage } from '../src/phantom/image.ts'
import { imagesOf, planStudies } from '../src/phantom/plan.ts'
import { startOrthanc } from '../src/testing/orthanc.ts'
import { program } from '../src/testing/programs.ts'
import { startHub } from '../src/testing/startHub.ts'
import { draw, expect, signIn, test } from './journey.ts'
import { pictureOf, spread } from './pixels.ts'

test('a person reads and measures what lies in an Orthanc, and the report is kept there (needs Orthanc)', async ({ page }) => {
  test.skip(!program('orthanc') || !program('orthancDicomWeb'), 'Orthanc is not here')
  const [one] = planStudies('one')['lindental'] ?? []
  if (!one) throw new Error('the plan has no case')
  const orthanc = await startOrthanc()
  let sent = 0
  for (const image of imagesOf(one)) if (sent++ < 12) await fetch(`${orthanc.url}/instances`, { method: 'POST', body: encodeImage(image) })
  const hub = await startHub({ cases: 'none', archives: [`${orthanc.url}/dicom-web`] })
  try {
    await signIn(page, hub, 'clinician', '/studies?dataset=own-archive-1')
    await page.getByRole('row', { name: /LIN-0001/ }).click()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    const viewport = page.locator('[data-viewport="one"][data-waiting="false"]')
    await viewport.waitFor()
    await expect(viewport).toHaveAttribute('data-loaded', '12')
    expect(spread(await pictureOf(viewport)).variance).toBeGreaterThan(500)
    const thumbnail = page.getByRole('navigation', { name: 'Series' }).locator('img')
    await expect.poll(() => thumbnail.evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth)).toBeGreaterThan(0)

    await draw(page, viewport, 'Length', [0.4, 0.4], [0.5, 0.5])
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.locator('li[data-mark="M1"]')).toHaveAttribute('data-state', 'verified', { timeout: 30_000 })
    const series = await (await fetch(`${orthanc.url}/series?expand`)).json() as { MainDicomTags: { Modality: string } }[]
    expect(series.map(({ MainDicomTags: { Modality } }) => Modality).sort()).toEqual(['CT', 'SR'])
  } finally {
    await hub.stop()
    await orthanc.stop()
  }
})
