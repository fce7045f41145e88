import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiProvider, createApi } from '../../api/index.ts'
import type { NewRun } from '../../contract/index.ts'
import type { EngineSeries } from '../../engine/port.ts'
import { createI18n, I18nextProvider } from '../../i18n/index.ts'
import type { Outcome } from '../../inference/runPipeline.ts'
import type { runTool } from '../../inference/workers/toolRunner.ts'
import { generatedSeries } from '../../testing/engineSeries.ts'
import manifest from '../../hub/tools/lung-fields/tool.json' with { type: 'json' }
import { createToolRuns, RunPanel, useOverlayStore, type Found, type ListedSeries } from './index.ts'

let close = (): void => undefined
afterEach(() => {
  close()
  useOverlayStore.setState({ shown: undefined, hidden: new Set(), visible: true, opacity: 0.35 })
})

const network = new Uint8Array([1, 2, 3])
const sha = [...new Uint8Array(await crypto.subtle.digest('SHA-256', network))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const tool = { ...manifest, files: [{ role: 'model', name: 'model.onnx', sha256: sha, bytes: network.length }] }
/** Takes the slices one by one, so it is offered for any series. */
const sliceTool = { ...tool, id: 'slices', pipeline: [{ step: 'predict', input: 'image', output: 'logits', pictures: true }, { step: 'labels', rule: 'best' }] }
const size = { rows: 8, columns: 6, slices: 4, pixelSpacing: [0.9, 0.6], sliceSpacingMm: 2.5 } as const
const voxels = 8 * 6 * 4
const half: Outcome = { kind: 'labels', labels: new Uint8Array(voxels).fill(1, 0, voxels / 2) }

type Run = Parameters<typeof runTool>[0]
/** The panel over a hub that is answered here, and a network whose steps a test takes itself. */
const open = ({ tools = [tool], children, series = generatedSeries({ ...size, name: 'panel' }).series, listed = [], onSave = async () => undefined }: { tools?: unknown[] | Promise<unknown[]>; children?: ReactNode; series?: EngineSeries; listed?: readonly ListedSeries[]; onSave?: (found: Found) => Promise<void> } = {}) => {
  const recorded: NewRun[] = []
  const opened: [string, number | undefined][] = []
  const api = createApi({
    uuid: () => crypto.randomUUID(), onSignedOut: () => undefined,
    fetch: async (input, init) => {
      if (String(input) === '/api/tools') return Response.json(await tools)
      if (init?.method === 'POST') {
        const run = JSON.parse(String(init.body)) as NewRun
        recorded.push(run)
        return Response.json({ ...run, id: String(recorded.length), by: 'Anna Rossi' })
      }
      return new Response(network)
    },
  })
  const running: { run: Run; end: (outcome: Outcome) => void; fail: (reason: string) => void }[] = []
  const runs = createToolRuns({
    api, engine: { values: async () => new Float32Array(voxels) }, fetch: (input, init) => fetch(input, init), clock: () => new Date('2026-01-05T12:00:00Z'), dataset: 'generated',
    run: (run) => new Promise((resolve, reject) => {
      run.signal.addEventListener('abort', () => reject(new DOMException('ended', 'AbortError')))
      running.push({ run, end: (outcome) => resolve({ ...outcome, runtime: 'onnxruntime-web test' }), fail: (reason) => reject(new Error(reason)) })
    }),
  })
  const page = document.createElement('div')
  document.body.append(page)
  const root = createRoot(page)
  const client = new QueryClient()
  const show = (shown: EngineSeries | undefined) => root.render(
    <MantineProvider><I18nextProvider i18n={createI18n()}><QueryClientProvider client={client}><ApiProvider value={api}>
      {shown ? <RunPanel runs={runs} series={shown} listed={listed} slice={1} onSave={onSave} onOpen={(one, at) => opened.push([one.description, at])}>{children}</RunPanel> : null}
    </ApiProvider></QueryClientProvider></I18nextProvider></MantineProvider>,
  )
  show(series)
  close = () => { root.unmount(); page.remove() }
  const button = (name: string) => [...page.querySelectorAll('button')].find((one) => one.textContent === name || one.getAttribute('aria-label') === name)
  const press = async (name: string) => {
    await expect.poll(() => button(name)).toBeDefined()
    button(name)?.click()
  }
  /** The network, once it is asked. */
  const asked = async (count = 1) => {
    await expect.poll(() => running.length).toBe(count)
    const one = running.at(-1)
    if (!one) throw new Error('nothing runs')
    return one
  }
  const says = async (text: string | RegExp) => { await expect.poll(() => page.textContent).toMatch(text) }
  return { page, show, press, button, asked, says, recorded, series, opened }
}
const alertOf = (page: HTMLElement) => page.querySelector('[role="alert"]')?.textContent

describe('what stands below the tool', () => {
  it('stays as a person left it when the tools have come', async () => {
    let resolve = (_tools: unknown[]): void => undefined
    const { page, says } = open({ tools: new Promise((come) => { resolve = come }), children: <input aria-label="Name" /> })
    await says('Asking for the tools')
    const field = page.querySelector<HTMLInputElement>('[aria-label="Name"]')
    if (field) field.value = 'typed meanwhile'
    resolve([tool])
    await says(manifest.summary)
    expect(page.querySelector<HTMLInputElement>('[aria-label="Name"]')?.value).toBe('typed meanwhile')
  })
})

describe('a run', () => {
  it('shows its step and share, and is cancelled at once and recorded so', async () => {
    const { page, press, asked, says, recorded, button } = open()
    await press('Run')
    const { run } = await asked()
    run.onProgress({ step: 'predict', share: 0.42 })
    await says('Asking the network, 42 %')
    expect(page.querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow')).toBe('42')
    await press('Cancel')
    await expect.poll(() => button('Run')).toBeDefined()
    expect(page.querySelector('[role="progressbar"]')).toBeNull()
    await expect.poll(() => recorded.map(({ outcome }) => outcome)).toEqual(['cancelled'])
    expect(useOverlayStore.getState().shown).toBeUndefined()
  })
  it('that stops says why, where it was started', async () => {
    const { page, press, asked, recorded } = open()
    await press('Run')
    ;(await asked()).fail('the network has no input pixels.')
    await expect.poll(() => alertOf(page)).toBe('The tool stoppedthe network has no input pixels. Nothing was changed.')
    await expect.poll(() => recorded.map(({ outcome, reason }) => [outcome, reason])).toEqual([['failed', 'the network has no input pixels.']])
  })
  it('shows what it found with algorithm, version and hash, its volume in mL, and is gone when it is rejected', async () => {
    const { page, press, asked, says, recorded } = open()
    await press('Run')
    ;(await asked()).end(half)
    // 96 voxels of 0.9 x 0.6 x 2.5 mm.
    await expect.poll(() => page.querySelector('[data-segment="Lung"]')?.textContent).toContain('0.1 mL')
    expect(page.querySelector('[data-made-by="AUTOMATIC"]')?.textContent).toBe(`By the algorithm Lung fields by density 1.0.0, weights ${sha.slice(0, 4)}…${sha.slice(-4)}`)
    await press('Reject')
    await expect.poll(() => page.querySelector('[data-result]')).toBeNull()
    expect(useOverlayStore.getState().shown).toBeUndefined()
    await expect.poll(() => recorded.map(({ outcome }) => outcome)).toEqual(['rejected'])
    await says('Run')
  })
  it('keeps its volume while another series is open', async () => {
    const { page, press, asked, show } = open()
    await press('Run')
    ;(await asked()).end({ kind: 'labels', labels: new Uint8Array(voxels).fill(1) })
    const size_ = () => page.querySelector('[data-segment="Lung"]')?.textContent
    await expect.poll(size_).toContain('0.3 mL')
    show(generatedSeries({ ...size, name: 'panel-other', pixelSpacing: [9, 6], sliceSpacingMm: 25 }).series)
    await expect.poll(() => page.textContent).toContain('panel-other')
    expect(size_()).toContain('0.3 mL')
  })
  it('is accepted once, whatever is looked at in between', async () => {
    const { page, press, asked, show, series, recorded, button } = open()
    await press('Run')
    ;(await asked()).end(half)
    await press('Accept')
    await expect.poll(() => recorded.length).toBe(1)
    show(undefined)
    await expect.poll(() => page.textContent).not.toContain('Accepted')
    show(series)
    await expect.poll(() => page.textContent).toContain('Accepted')
    expect(button('Accept')).toBeUndefined()
    expect(button('Save as segmentation')).toBeDefined()
    expect(recorded.map(({ outcome, labelSha256 }) => [outcome, labelSha256?.length])).toEqual([['accepted', 64]])
  })
})

describe('saving', () => {
  it('that fails says why beside the button and keeps the result; the next try may succeed', async () => {
    let tries = 0
    const { page, press, asked, show, series } = open({ onSave: async () => { if ((tries += 1) === 1) throw new Error('the log is not open') } })
    await press('Run')
    ;(await asked()).end(half)
    await press('Accept')
    await press('Save as segmentation')
    await expect.poll(() => alertOf(page)).toBe('It could not be savedthe log is not open. The result is still here.')
    show(undefined)
    await expect.poll(() => page.querySelector('[data-result]')).toBeNull()
    show(series)
    await expect.poll(() => alertOf(page)).toContain('the log is not open')
    await press('Save as segmentation')
    await expect.poll(() => page.querySelector('[data-result]')).toBeNull()
    expect(alertOf(page)).toBeUndefined()
    expect(useOverlayStore.getState().shown?.name).toBe('Lung fields by density')
    expect(tries).toBe(2)
  })
  it.each([
    ['without positions', 'have no position in space', ({ frames, ...rest }: EngineSeries): EngineSeries => ({ ...rest, notAVolume: 'noPosition', frames: frames.map(({ ref, pixels, rescale, windows, transferSyntaxUid }) => ({ ref, pixels, rescale, windows, transferSyntaxUid })) })],
    ['on two lattices', 'differ in size, spacing', ({ frames, ...rest }: EngineSeries): EngineSeries => ({ ...rest, notAVolume: 'mixedOrientation', frames: frames.map((frame, index) => (index > 0 || !frame.plane ? frame : { ...frame, plane: { ...frame.plane, columnSpacingMm: 0.7 } })) })],
  ])('is not offered for slices %s, and it says so before the run', async (_, reason, change) => {
    const { page, press, asked, says, button } = open({ tools: [sliceTool], series: change(generatedSeries({ ...size, name: `panel-${reason.length}` }).series) })
    await says(`The result can be looked at but not saved as a segmentation: the slices of this series ${reason}`)
    await press('Run')
    ;(await asked()).end(half)
    await press('Accept')
    await expect.poll(() => page.querySelector('[data-result]')?.textContent).toContain(reason)
    expect(button('Save as segmentation')).toBeUndefined()
    // Without a lattice there is no volume to state.
    expect(page.querySelector('[data-segment="Lung"]')?.textContent).toContain('96 voxels')
  })
})

describe('the series a tool takes', () => {
  const ruled = { ...tool, selection: { orientation: 'axial', spacingMm: { max: 5 }, minSlices: 3 } }
  const stackOf = (name: string, sliceSpacingMm: number, type = 'AXIAL') => ({ series: generatedSeries({ ...size, name, sliceSpacingMm }).series, said: { imageTypes: ['ORIGINAL', 'PRIMARY', type] }, label: name })
  type Stack = ReturnType<typeof stackOf>
  const listedOf = (stack: Stack, load: () => Promise<readonly Stack[]> = async () => [stack]): ListedSeries => ({ seriesInstanceUid: stack.series.seriesInstanceUid, modality: 'CT', label: stack.label, load })
  const [thick, thin, scout] = [stackOf('2 Thick', 4), stackOf('3 Thin', 2.5), stackOf('99 Scout', 2.5, 'LOCALIZER')]
  const pet: ListedSeries = { seriesInstanceUid: '2.25.7', modality: 'PT', label: '4 PET', load: () => Promise.reject(new Error('of no use here')) }
  const choose = (page: HTMLElement, label: string) => {
    const select = page.querySelector<HTMLSelectElement>('select[aria-label="Series"]')
    if (!select) throw new Error('there is nothing to choose')
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set?.call(select, [...select.options].find(({ textContent }) => textContent === label)?.value)
    select.dispatchEvent(new Event('change', { bubbles: true }))
  }
  const chosenOf = (page: HTMLElement) => { const select = page.querySelector<HTMLSelectElement>('select[aria-label="Series"]'); return select?.selectedOptions[0]?.textContent }

  it('is the rule\'s, with why, the runner-up and what does not fit; the run goes to it though another is open, and the record says so', async () => {
    const { page, press, asked, says, recorded, opened } = open({ tools: [ruled], series: thick.series, listed: [...[scout, thick, thin].map((one) => listedOf(one)), pet] })
    await expect.poll(() => chosenOf(page)).toBe('3 Thin')
    await says('By the tool\'s rule: the thinnest slices that fit')
    await says('axial, 2.5 mm apart, 4 slices')
    await says('Runner-up2 Thick')
    await says('This is not the series that is open.')
    await says(/2 series do not fit99 Scoutlocaliser4 PETPT/)
    await press('Open it')
    expect(opened).toEqual([['3 Thin', undefined]])
    await press('Run')
    const { run, end } = await asked()
    expect(run.volume.steps[2]).toEqual([0, 0, 2.5])
    // The third of four slices has most.
    end({ kind: 'labels', labels: new Uint8Array(voxels).fill(1, 2 * 48, 3 * 48).fill(1, 0, 7) })
    await says('3 Thin, the thinnest slices that fit')
    expect(useOverlayStore.getState().shown?.seriesInstanceUid).toBe(thin.series.seriesInstanceUid)
    await press('Go to the result')
    expect(opened.at(-1)).toEqual(['3 Thin', 2])
    await press('Accept')
    await expect.poll(() => recorded.map(({ series, choice }) => [series, choice?.by, choice?.reason, choice?.runnerUp?.series])).toEqual([[thin.series.seriesInstanceUid, 'rule', 'thinnest', thick.series.seriesInstanceUid]])
    expect(recorded[0]?.choice?.grounds.map(({ trait, value }) => `${trait} ${value}`)).toEqual(['modality CT', 'imageType ', 'orientation axial', 'spacing 2.5', 'slices 4'])
  })
  it('is another where a person takes it, and stays so', async () => {
    const { page, press, asked, says, recorded, show } = open({ tools: [ruled], series: thin.series, listed: [thick, thin].map((one) => listedOf(one)) })
    await expect.poll(() => chosenOf(page)).toBe('3 Thin')
    expect(page.textContent).not.toContain('not the series that is open')
    choose(page, '2 Thick')
    await says('Chosen by you')
    await says('Runner-up3 Thin')
    show(undefined)
    await expect.poll(() => page.querySelector('[data-input]')).toBeNull()
    show(thin.series)
    await expect.poll(() => chosenOf(page)).toBe('2 Thick')
    await press('Run')
    ;(await asked()).end(half)
    await press('Reject')
    await expect.poll(() => recorded.map(({ series, choice }) => [series, choice?.by, choice?.reason, choice?.runnerUp?.series])).toEqual([[thick.series.seriesInstanceUid, 'person', 'asked', thin.series.seriesInstanceUid]])
  })
  it('is none where nothing fits: it says what the tool takes and why each does not fit, and does not run', async () => {
    const { page, says, button } = open({ tools: [{ ...ruled, selection: { ...ruled.selection, minSlices: 20 } }], series: thick.series, listed: [thick, scout].map((one) => listedOf(one)) })
    await says('No series of this study fits. It takes CT, axial, evenly spaced slices, up to 5 mm apart, at least 20 slices.')
    await says('2 Thickonly 4 slices')
    await says(/99 Scoutlocaliser(?!,)/)
    expect(page.querySelector('details')?.open).toBe(true)
    expect(button('Run')?.disabled).toBe(true)
  })
  it('is for a person to say where the images do not say what must be', async () => {
    const { page, says, button, press, asked } = open({ tools: [ruled], series: thick.series, listed: [listedOf({ ...thick, said: {} as Stack['said'] })] })
    await says('No series is certain to fit')
    expect(button('Run')?.disabled).toBe(true)
    choose(page, '2 Thick')
    await says('axial, 4 mm apart, 4 slices, not stated: image type')
    await press('Run')
    await asked()
  })
  it('is known only when all were looked at; one that does not come is named and can be tried again', async () => {
    const tries: ((stacks: readonly Stack[] | Error) => void)[] = []
    const slow = () => new Promise<readonly Stack[]>((resolve, reject) => { tries.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))) })
    const { page, says, button, press } = open({ tools: [ruled], series: thick.series, listed: [listedOf(thick), listedOf(thin, slow)] })
    await says('Looking at the study, 1 series to go')
    expect(button('Run')?.disabled).toBe(true)
    tries[0]?.(new Error('away'))
    await says('Not looked at, since it did not come: 3 Thin.')
    expect(page.querySelector('[data-input]')?.getAttribute('data-input')).toContain(thick.series.seriesInstanceUid)
    await press('Try again')
    await expect.poll(() => tries.length).toBe(2)
    tries[1]?.([thin])
    await expect.poll(() => chosenOf(page)).toBe('3 Thin')
    expect(button('Try again')).toBeUndefined()
  })
})
