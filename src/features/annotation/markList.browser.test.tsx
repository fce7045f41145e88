import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { expect, it } from 'vitest'
import type { Measurement } from '../../domain/measurement/types.ts'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import { MarkList } from './components/MarkList.tsx'

const marks = Array.from({ length: 500 }, (_, index): Measurement => ({
  trackingUid: `2.25.${index + 1}`, trackingId: `M${index + 1}`, kind: 'length', label: '', values: [],
  place: { kind: 'image', frame: { studyInstanceUid: '2.25.1', seriesInstanceUid: '2.25.2', sopClassUid: '1.2.840.10008.5.1.4.1.1.2', sopInstanceUid: '2.25.3', frameNumber: 1 }, points: [[0, 0], [1, 1]] },
}))

it('of hundreds of marks draws the rows in sight alone, and the last one when it is scrolled there', async () => {
  const page = document.createElement('div')
  page.style.cssText = 'position:fixed;inset:0;width:264px;height:400px;overflow:auto'
  document.body.append(page)
  const root = createRoot(page)
  const chosen: string[] = []
  const done = () => Promise.resolve()
  try {
    root.render(<MantineProvider><I18nextProvider i18n={createI18n()}><div><div style={{ height: 120 }} /><MarkList workspace={{ select: () => undefined, relabel: done, remove: done }} marks={marks} saved={[]} states={{}} selected={undefined} onGoTo={({ trackingId }) => chosen.push(trackingId)} /></div></I18nextProvider></MantineProvider>)
    const rows = (): string[] => [...page.querySelectorAll('li')].map((row) => row.dataset['mark'] ?? '')
    await expect.poll(() => rows().includes('M1')).toBe(true)
    expect(rows().length).toBeLessThan(50)
    await expect.poll(() => {
      page.scrollTo(0, page.scrollHeight)
      return rows().includes('M500')
    }).toBe(true)
    expect([rows().includes('M1'), rows().length < 50]).toEqual([false, true])
    page.querySelector<HTMLButtonElement>('li[data-mark="M500"] button')?.click()
    expect(chosen).toEqual(['M500'])
  } finally {
    root.unmount()
    page.remove()
  }
})
