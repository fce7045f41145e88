import { studyHandle } from '../src/features/studies/handle.ts'
import { startHub } from '../src/testing/startHub.ts'
import { expect, signIn, test } from './journey.ts'
import { pictureOf, spread } from './pixels.ts'

type Found = { dataset: string; studyInstanceUid: string; subject: string; description: string }
const opposite: Readonly<Record<string, string>> = { R: 'L', L: 'R', A: 'P', P: 'A', H: 'F', F: 'H' }
const turned = (letters: string): string => [...letters].map((letter) => opposite[letter] ?? '?').join('')
/** The letters of an axial picture of a person on their back. */
const supine = { left: 'R', right: 'L', top: 'A', bottom: 'P' } as const

/** Every study that `npm start` makes, series by series: a picture, and at its edges the letters of its kind. */
test('each of the 47 studies opens, the right way up', async ({ page }) => {
  test.setTimeout(45 * 60_000)
  const hub = await startHub({ cases: 'full' })
  await signIn(page, hub, 'clinician', '/studies')
  const found = (): Promise<Found[]> => page.evaluate(async () => {
    const answer = await fetch('/api/studies/search', { method: 'POST', headers: { 'X-CIW': '1', 'Content-Type': 'application/json' }, body: '{"limit":100}' })
    return (await answer.json() as { items: Found[] }).items
  })
  await expect.poll(async () => (await found()).length, { timeout: 15 * 60_000, intervals: [5000] }).toBe(47)
  const viewport = page.locator('[data-viewport="one"]')
  const list = page.getByRole('navigation', { name: 'Series' }).getByRole('button')
  let series = 0
  for (const { dataset, studyInstanceUid, subject, description } of await found()) {
    await page.goto(`${hub.address}/view/${encodeURIComponent(dataset)}/${await studyHandle(dataset, studyInstanceUid)}`)
    await expect(viewport).toHaveAttribute('data-waiting', 'false', { timeout: 60_000 })
    const number = /-(\d)/.exec(subject)?.[1]
    for (let index = 0; index < await list.count(); index++) {
      const named = `${subject} ${description}, series ${index + 1}: ${(await list.nth(index).textContent()) ?? ''}`
      await list.nth(index).click()
      await expect(list.nth(index), named).toHaveAttribute('aria-pressed', 'true')
      await expect(viewport, named).toHaveAttribute('data-waiting', 'false', { timeout: 60_000 })
      await expect(viewport.getByRole('alert'), named).toHaveCount(0)
      const { largest, variance } = spread(await pictureOf(viewport))
      expect(largest, named).toBeGreaterThan(90)
      expect(variance, named).toBeGreaterThan(100)
      const letters = Object.fromEntries(await viewport.locator('[data-letter]').evaluateAll((all) => all.map((one) => [one.getAttribute('data-letter') ?? '', one.textContent ?? ''] as const)))
      series++
      if (/-11/.test(subject)) {
        expect([named, letters]).toEqual([named, {}])
        continue
      }
      expect([named, letters['right'], letters['bottom']]).toEqual([named, turned(letters['left'] ?? ''), turned(letters['top'] ?? '')])
      // A leaning gantry adds a second letter.
      if (number === '0' && !/Localiser/.test(named)) expect([named, letters]).toEqual([named, /leaning/.test(description) ? { ...supine, top: 'AF', bottom: 'PH' } : supine])
      // Mammograms lie with the breast to one side: front and back across, in both ways of storing them.
      if (number === '1') expect([named, [letters['left'], letters['right']].toSorted().join('')]).toEqual([named, 'AP'])
    }
  }
  console.log(`${series} series of 47 studies opened`)
  await hub.stop()
})
