import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { useState } from 'react'
import { measure, roundPlace } from '../../domain/measurement/measure.ts'
import type { Measurement } from '../../domain/measurement/types.ts'
import type { Engine, EngineSeries } from '../../engine/port.ts'
import { EngineProvider } from '../../engine/react.tsx'
import { ViewerScreen, type Finished, type SeriesFacts } from './index.ts'
import { useViewerStore, type Layout, type Tool } from './store.ts'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'

const facts: SeriesFacts = { patientName: 'Generated', patientId: 'G-1', studyDate: '20260105', studyDescription: 'Generated chest', first: {} }

/** For tests: the screen over a series, with marks kept in the page as a workspace keeps them. */
export const openScreen = ({ engine, series: given, close: end }: { readonly engine: Engine; readonly series: EngineSeries; readonly close: () => void }, { layout = 'stack', tool = 'window', change = (series) => series }: { layout?: Layout; tool?: Tool; change?: (series: EngineSeries) => EngineSeries } = {}) => {
  const first = change(given)
  const page = document.createElement('div')
  page.style.cssText = 'position:fixed;inset:0;width:1200px;height:640px'
  document.body.append(page)
  const root = createRoot(page)
  const heard: string[] = []
  useViewerStore.setState({ layout, tool, active: 'one' })
  const Host = ({ series }: { series: EngineSeries }) => {
    const [marks, setMarks] = useState<Measurement[]>([])
    const finish = ({ kind, place, calibration }: Finished): void => {
      const rounded = roundPlace(place)
      setMarks((all) => [...all, { trackingUid: `2.25.${all.length + 1}`, trackingId: `M${all.length + 1}`, kind, label: '', place: rounded, values: measure(kind, rounded, calibration) }])
    }
    return <ViewerScreen series={series} facts={facts} choices={[]} onChoose={() => undefined} back="/" marks={marks} selected={undefined} onFinished={finish} onSelect={() => heard.push('deselect')} onKey={(key) => heard.push(key)} overlay={undefined} chip={null} panel={<input aria-label="words" />} />
  }
  const showSeries = (series: EngineSeries): void => root.render(<MantineProvider><I18nextProvider i18n={createI18n()}><EngineProvider value={engine}><Host series={series} /></EngineProvider></I18nextProvider></MantineProvider>)
  showSeries(first)
  const viewport = (id: string): HTMLElement => page.querySelector<HTMLElement>(`[data-viewport="${id}"]`) ?? document.createElement('div')
  return {
    engine, series: first, page, viewport, heard,
    /** Another series on the same screen. */
    showSeries,
    close: (): void => { root.unmount(); end(); page.remove() },
  }
}

/** Presses at the first point of a layer, CSS pixels from its corner, goes through the others and lets go. */
export const stroke = (target: Element, points: readonly (readonly [number, number])[]): void => {
  const box = target.getBoundingClientRect()
  target.setPointerCapture = () => undefined
  const send = (type: string, [x, y]: readonly [number, number]): unknown => target.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, pointerId: 1, clientX: box.left + x, clientY: box.top + y }))
  const [first = [0, 0], ...rest] = points
  send('pointerdown', first)
  for (const point of rest) send('pointermove', point)
  send('pointerup', points.at(-1) ?? first)
}

/** The series without a place in the patient. */
export const withoutPlane = (series: EngineSeries, more: Partial<EngineSeries['frames'][number]> = {}): EngineSeries =>
  ({ ...series, notAVolume: 'noPosition', frames: series.frames.map(({ ref, pixels, rescale, windows, transferSyntaxUid }) => ({ ref, pixels, rescale, windows, transferSyntaxUid, ...more })) })
