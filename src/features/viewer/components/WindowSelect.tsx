import { NativeSelect } from '@mantine/core'
import { ownWindows, sameWindow, type VoiWindow } from '../../../domain/display/window.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { useTranslation } from '../../../i18n/index.ts'
import type { NamedView } from '../layouts.ts'
import { useViewerStore } from '../store.ts'

/** Widths and centres in HU by body region: only CT has HU. */
const presets = { presetLung: [1500, -500], presetSoft: [400, 40], presetBone: [1800, 400], presetBrain: [80, 40] } as const
type Choice = { readonly value: string; readonly label: string; readonly window: VoiWindow }
const custom = 'custom'

/** The window of the view in use by its name: one of the file's own, one for a region of the body, or custom. Choosing one sets it in every view. */
export const WindowSelect = ({ series, views }: { series: EngineSeries; views: readonly NamedView[] }) => {
  const { t } = useTranslation('viewer')
  const engine = useEngine()
  const active = useViewerStore((state) => state.active)
  // A volume in space may have no window: then the first picture speaks.
  const seen = views.find(({ id, view }) => id === active && view !== 'volume') ?? views[0]
  const now = useViewport(seen?.id ?? '')?.window
  const own = ownWindows(series.frames)
  const choices: Choice[] = [
    ...own.map(({ name, ...window }, index) => ({ value: `own${index}`, label: name ? t('presetNamed', { name }) : own.length > 1 ? t('presetNumbered', { number: index + 1 }) : t('presetOwn'), window })),
    ...(series.modality === 'CT' ? Object.entries(presets).map(([value, [width, centre]]) => ({ value, label: t(value as keyof typeof presets), window: { width, centre } })) : []),
  ]
  // Before there is a picture it is the one it will open with.
  const value = (now ? choices.find(({ window }) => sameWindow(window, now)) : choices[0])?.value ?? custom
  const apply = (name: string): void => {
    const chosen = choices.find((choice) => choice.value === name)
    if (chosen) for (const { id } of views) engine.setWindow(id, chosen.window)
  }
  return (
    <NativeSelect size="xs" aria-label={t('presets')} value={value} disabled={choices.length === 0} onChange={({ currentTarget }) => apply(currentTarget.value)}
      data={[...choices.map(({ value: name, label }) => ({ value: name, label })), ...(value === custom ? [{ value: custom, label: t('presetCustom'), disabled: true }] : [])]} />
  )
}
