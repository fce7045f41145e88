import { appendFileSync, mkdirSync } from 'node:fs'
import type { Browser, Page } from '@playwright/test'
import { ohifVersion, startOhif } from '../src/cli/ohif.mjs'
import { decodeSegmentation } from '../src/dicom/seg/decode.ts'
import { parseMultipart } from '../src/dicom/web/multipart.ts'
import { startHospitalArchive } from '../src/testing/hospitalArchive.ts'
import { startHub, type RunningHub } from '../src/testing/startHub.ts'
import { compareCover, compareNumber, compareVoxels, type Line } from './interop/compare.ts'
import { oursInOhif, theirsAgain, theirsHere } from './interop/lines.ts'
import { drawInOhif, labelsInOhif, openInOhif, paintInOhif, panelRows, saveReport, saveSegmentation, showSeries, takeUp } from './interop/ohif.ts'
import { chooseSeries, drawAndSave, drawing, othersReport, othersSegmentation, paintAndSave, voxelsOf } from './interop/ours.ts'
import { inOrder, makeStudy, type KnownStudy } from './interop/study.ts'
import { expect, openStudy, signIn, test } from './journey.ts'

const dataset = 'own-archive-1'
const cases = [{ patient: 'PCL-0001', series: 'Axial 4.5 mm', oblique: false }, { patient: 'PCL-2001', series: 't2_tse_tra', oblique: true }] as const

/** Keeps what was compared for `npm run interop`, which prints it; what differs fails the journey. */
const note = (patient: string, side: string, lines: readonly Line[]): void => {
  mkdirSync('.cache', { recursive: true })
  for (const line of lines) appendFileSync('.cache/interop.jsonl', `${JSON.stringify({ ...line, what: `${patient} ${side}: ${line.what}` })}\n`)
  expect(lines.filter(({ verdict }) => verdict === 'different')).toEqual([])
}

/** Waits until the hub knows a series that was stored without it: it asks the hospitals every few seconds what is new. */
const known = (page: Page, study: string, description: string): Promise<void> => expect.poll(() => page.evaluate(async ([address, name]) => {
  const ask = (path: string) => fetch(`${address}/series${path}`, { headers: { 'X-CIW': '1' } })
  const rows = await (await ask('')).json() as Record<string, { Value?: unknown[] }>[]
  const uid = rows.find((row) => row['0008103E']?.Value?.[0] === name)?.['0020000E']?.Value?.[0]
  return uid === undefined ? 404 : (await ask(`/${String(uid)}/instances`)).status
}, [`/api/datasets/${dataset}/dicom-web/studies/${study}`, description] as const), { timeout: 60_000 }).toBe(200)

/** OHIF reads through the hub, as the person who is signed in, and stores straight in the hospital's archive, as a viewer of the hospital does. */
test.describe('OHIF and the workbench over one archive (needs @ohif/app)', () => {
  let hub: RunningHub
  let archive: Awaited<ReturnType<typeof startHospitalArchive>>
  const studies = new Map<string, KnownStudy>()
  test.beforeAll(async () => {
    test.setTimeout(240_000)
    archive = await startHospitalArchive()
    for (const { patient, series } of cases) studies.set(patient, await makeStudy(patient, series, archive.store.put))
    hub = await startHub({ cases: 'none', archives: [archive.base] })
  })
  test.afterAll(async () => {
    await hub.stop()
    await archive.stop()
  })
  const studyOf = (patient: string): KnownStudy => {
    const study = studies.get(patient)
    if (!study) throw new Error(`${patient} was not made`)
    return study
  }
  const startBeside = async (browser: Browser, page: Page) => {
    const cookie = (await page.context().cookies(hub.address)).map(({ name, value }) => `${name}=${value}`).join('; ')
    const stored: Uint8Array[] = []
    const ohif = await startOhif({
      hub: hub.address, dataset, cookie,
      store: async (body, contentType) => {
        stored.push(...parseMultipart(body, contentType).map((part) => part.body))
        const answer = await fetch(`${archive.base}/studies`, { method: 'POST', body: new Uint8Array(body), headers: { 'content-type': contentType } })
        return { status: answer.status, body: await answer.text() }
      },
    })
    test.skip(!ohif, '@ohif/app cannot be had here')
    if (!ohif) throw new Error('skipped')
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } })
    return { context, stored, address: ohif.address, close: async () => { await context.close(); ohif.stop() } }
  }
  const begin = async (page: Page): Promise<void> => {
    test.setTimeout(300_000)
    await page.setViewportSize({ width: 1280, height: 900 })
    await signIn(page, hub, 'clinician', `/studies?dataset=${dataset}`)
  }

  for (const { patient, series, oblique } of cases) {
    test(`${patient}: what is drawn and painted here is the same in OHIF ${ohifVersion}`, async ({ page, browser }) => {
      const study = studyOf(patient)
      await begin(page)
      const ohif = await startBeside(browser, page)
      await openStudy(page, patient)
      const viewport = await chooseSeries(page, series)
      const drawn = await drawAndSave(page, viewport, 'Look here')
      const painted = await paintAndSave(page, viewport, 'Painted')
      try {
        const there = await openInOhif(ohif.context, { address: ohif.address, study: study.study })
        await takeUp(there, /Measurements/)
        const marks = await oursInOhif(there, drawn, await panelRows(there, drawing.length), study, oblique)
        await takeUp(there, /Painted/)
        await expect.poll(async () => (await labelsInOhif(there)).size, { timeout: 30_000 }).toBeGreaterThan(0)
        note(patient, 'ours in OHIF', [...marks, compareVoxels('segmentation', voxelsOf(painted, study), await labelsInOhif(there))])
      } finally {
        await ohif.close()
      }
    })

    test(`${patient}: what is drawn and painted in OHIF ${ohifVersion} is the same here`, async ({ page, browser }) => {
      const study = studyOf(patient)
      await begin(page)
      const ohif = await startBeside(browser, page)
      let rows: Awaited<ReturnType<typeof panelRows>> = []
      let labels: Awaited<ReturnType<typeof labelsInOhif>> = new Map()
      try {
        const there = await openInOhif(ohif.context, { address: ohif.address, study: study.study })
        await showSeries(there, series, study.series)
        for (const { ohif: tool, places } of drawing) await drawInOhif(there, tool, places, 'Look there')
        rows = await panelRows(there, drawing.length)
        await saveReport(there, 'Theirs')
        await there.close()
        const segmenting = await openInOhif(ohif.context, { address: ohif.address, study: study.study, mode: 'segmentation' })
        await showSeries(segmenting, series, study.series)
        await paintInOhif(segmenting)
        labels = await labelsInOhif(segmenting)
        await saveSegmentation(segmenting, 'Painted there')
        await segmenting.close()
        await known(page, study.study, 'Painted there')
        const again = await openInOhif(ohif.context, { address: ohif.address, study: study.study })
        await takeUp(again, 'Theirs')
        note(patient, 'OHIF\'s in OHIF again', theirsAgain(rows, await panelRows(again, drawing.length)))
      } finally {
        await ohif.close()
      }
      const decoded = await decodeSegmentation(ohif.stored.at(-1) ?? new Uint8Array())
      await openStudy(page, patient)
      const viewport = await chooseSeries(page, series)
      const groups = await othersReport(page, 'Theirs')

      const { instances, stepMm } = inOrder(study)
      const onSlice = (instance = ''): number => [...labels.keys()].filter((place) => place.startsWith(`${instance}:`)).length
      const [first, last] = [onSlice(instances[0]), onSlice(instances.at(-1))]
      const { volume, covered } = await othersSegmentation(page, viewport, 'Painted there', first > 0 ? 'Home' : 'End')
      const [{ plane } = { plane: undefined }] = study.images.values()
      const box = await viewport.boundingBox()
      if (!plane || !box) throw new Error('no plane, or no viewport')
      const pixels = Math.min(box.width / plane.columns, box.height / plane.rows) ** 2
      note(patient, 'OHIF\'s here', [
        ...theirsHere(rows, groups, oblique), compareVoxels('segmentation', voxelsOf(decoded, study), labels),
        compareNumber('segmentation, volume', { exact: (labels.size * plane.rowSpacingMm * plane.columnSpacingMm * stepMm) / 1000, ours: volume, theirs: volume }), compareCover('segmentation, over its slice', (first || last) * pixels, covered),
      ])
    })
  }
})
