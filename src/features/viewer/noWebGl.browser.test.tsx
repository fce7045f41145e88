import { afterEach, expect, it, vi } from 'vitest'
import { showGenerated, until } from '../../testing/engineView.ts'
import { openScreen } from './testScreen.tsx'

let close = (): void => undefined
afterEach(() => {
  close()
  vi.restoreAllMocks()
})

it('a browser without WebGL2 is told of in every view, with what to do and a way to load the page again', async () => {
  const { getContext } = HTMLCanvasElement.prototype
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(function (this: HTMLCanvasElement, ...args: Parameters<typeof getContext>) {
    return String(args[0]).startsWith('webgl') ? null : getContext.apply(this, args)
  } as typeof getContext)
  const screen = openScreen(showGenerated({ name: 'no-webgl' }, {}), { layout: 'mpr' })
  close = screen.close
  const { engine, viewport } = screen
  for (const id of ['one', 'axial', 'coronal', 'sagittal']) {
    expect((await until(engine, (now) => now.failure !== undefined, id)).failure?.kind).toBe('noWebGL')
    await expect.poll(() => viewport(id).querySelector('[role="alert"]')?.textContent).toMatch(/no WebGL2.*Switch on hardware acceleration or use another browser.*Load the page again/)
  }
  expect(viewport('one').querySelector('[role="alert"] button')?.textContent).toBe('Load the page again')
  expect(viewport('one').querySelector('[role="status"]')).toBeNull()
})
