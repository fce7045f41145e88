import { MantineProvider } from '@mantine/core'
import { afterEach, expect, it } from 'vitest'
import { createRoot } from 'react-dom/client'
import type { WorldPoint } from '../../domain/geometry/points.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import { drawn, showGenerated } from '../../testing/engineView.ts'
import { ViewerScreen, type SeriesFacts } from './index.ts'
import { useViewerStore } from './store.ts'

let close = (): void => undefined
afterEach(() => close())
const facts: SeriesFacts = { patientName: 'Generated', patientId: 'G-1', studyDate: '20260105', studyDescription: 'Generated chest', first: {} }

const open = async () => {
  const { engine, series, close: end } = showGenerated({ name: 'crosshair', rows: 48, columns: 64, slices: 20, pixelSpacing: [0.9, 0.6], hu: (column, row) => column + row }, {})
  const page = document.createElement('div')
  page.style.cssText = 'position:fixed;inset:0;width:1100px;height:640px'
  document.body.append(page)
  const root = createRoot(page)
  useViewerStore.setState({ layout: 'mpr', tool: 'crosshair', active: 'one' })
  root.render(
    <MantineProvider><I18nextProvider i18n={createI18n()}><EngineProvider value={engine}>
      <ViewerScreen series={series} facts={facts} choices={[]} onChoose={() => undefined} back="/" marks={[]} selected={undefined} onFinished={() => undefined} onSelect={() => undefined} onKey={() => undefined} overlay={undefined} chip={null} panel={null} />
    </EngineProvider></I18nextProvider></MantineProvider>,
  )
  close = () => { root.unmount(); end(); page.remove() }
  await Promise.all(['one', 'axial', 'coronal', 'sagittal'].map((id) => drawn(engine, undefined, id)))
  const layer = (id: string): SVGSVGElement => page.querySelector<SVGSVGElement>(`[data-crosshair="${id}"]`) ?? document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  return { engine, page, layer }
}

it('takes the other planes to the point clicked, and their lines meet there', async () => {
  const { engine, layer } = await open()
  const target: WorldPoint = [-20 + 12 * 0.6, (engine.plane('coronal')?.point ?? [0, 0, 0])[1], 100 + 5 * 2]
  const at = engine.toCanvas('coronal', target) ?? [NaN, NaN]
  const svg = layer('coronal')
  const box = svg.getBoundingClientRect()
  const press = (type: string) => svg.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, clientX: box.left + at[0], clientY: box.top + at[1] }))
  svg.setPointerCapture = () => undefined
  press('pointerdown')
  press('pointerup')
  expect(engine.snapshot('one')?.slice).toBe(5)
  expect(engine.plane('axial')?.point[2]).toBeCloseTo(110, 3)
  expect(engine.plane('sagittal')?.point[0]).toBeCloseTo(-20 + 12 * 0.6, 3)
  await drawn(engine, 5)
  await expect.poll(() => [...svg.querySelectorAll('[data-cross]')].map((line) => line.getAttribute('data-cross'))).toEqual(['one', 'axial', 'sagittal'])
  const endsOf = (id: string) => {
    const line = svg.querySelector(`[data-cross="${id}"] line`)
    return ['x1', 'y1', 'x2', 'y2'].map((name) => Number(line?.getAttribute(name)))
  }
  await expect.poll(() => endsOf('axial')[1]).toBeCloseTo(at[1], 1)
  const [, y1 = NaN, , y2 = NaN] = endsOf('axial')
  const [x1 = NaN, , x2 = NaN] = endsOf('sagittal')
  for (const y of [y1, y2]) expect(y).toBeCloseTo(at[1], 1)
  for (const x of [x1, x2]) expect(x).toBeCloseTo(at[0], 1)
})

it('lets other tools through where it is not in hand', async () => {
  const { engine, page, layer } = await open()
  useViewerStore.setState({ tool: 'pan' })
  await expect.poll(() => getComputedStyle(layer('coronal')).pointerEvents).toBe('none')
  const picture = page.querySelector('[data-viewport="coronal"]')
  const box = picture?.getBoundingClientRect()
  const under = box && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
  expect(under && layer('coronal').contains(under)).toBe(false)
  expect(picture?.contains(under ?? null)).toBe(true)
  expect(engine.snapshot('coronal')?.failure).toBeUndefined()
})
