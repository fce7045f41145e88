import { ActionIcon, Group, Tooltip } from '@mantine/core'
import { IconArrowsMaximize, IconArrowsMove, IconArrowsVertical, IconArrowUpLeft, IconBrush, IconContrast, IconCrosshair, IconEraser, IconLasso, IconOvalVertical, IconPlus, IconRuler2, IconZoomIn } from '@tabler/icons-react'
import type { EngineSeries } from '../../../engine/port.ts'
import { useEngine } from '../../../engine/react.tsx'
import { useTranslation } from '../../../i18n/index.ts'
import type { NamedView } from '../layouts.ts'
import { paintedBy, useViewerStore, type Tool } from '../store.ts'
import { LayoutSwitch } from './LayoutSwitch.tsx'
import { WindowSelect } from './WindowSelect.tsx'

const tools: readonly { tool: Tool; Icon: typeof IconContrast; key: string }[] = [
  { tool: 'window', Icon: IconContrast, key: 'W' }, { tool: 'pan', Icon: IconArrowsMove, key: 'P' }, { tool: 'zoom', Icon: IconZoomIn, key: 'Z' }, { tool: 'scroll', Icon: IconArrowsVertical, key: 'S' }, { tool: 'crosshair', Icon: IconCrosshair, key: 'C' }, { tool: 'length', Icon: IconRuler2, key: 'L' },
  { tool: 'bidirectional', Icon: IconPlus, key: 'B' }, { tool: 'ellipse', Icon: IconOvalVertical, key: 'E' }, { tool: 'freehand', Icon: IconLasso, key: 'F' }, { tool: 'arrow', Icon: IconArrowUpLeft, key: 'A' },
  { tool: 'brush', Icon: IconBrush, key: 'D' }, { tool: 'eraser', Icon: IconEraser, key: 'X' },
]
export const toolKeys: Readonly<Record<string, Tool>> = Object.fromEntries(tools.map(({ tool, key }) => [key.toLowerCase(), tool]))

/** One row for everything: tools, layout, window. */
export const ToolRow = ({ series, views, paintable }: { series: EngineSeries; views: readonly NamedView[]; paintable: boolean }) => {
  const { t } = useTranslation('viewer')
  const engine = useEngine()
  const { tool, layout, active, set } = useViewerStore()
  return (
    <Group gap="sm" wrap="nowrap" role="toolbar" aria-label={t('tools')}>
      <ActionIcon.Group>
        {tools.map(({ tool: one, Icon, key }) => (
          <Tooltip key={one} label={`${t(one)} (${key})`}>
            <ActionIcon variant={tool === one ? 'filled' : 'default'} size={28} aria-label={t(one)} aria-pressed={tool === one} disabled={(one === 'crosshair' && layout === 'stack') || (paintedBy(one) !== undefined && !paintable)} onClick={() => set({ tool: one })}><Icon size={16} stroke={1.75} aria-hidden /></ActionIcon>
          </Tooltip>
        ))}
      </ActionIcon.Group>
      <Tooltip label={t('reset')}><ActionIcon variant="default" size={28} aria-label={t('reset')} onClick={() => engine.fit(active)}><IconArrowsMaximize size={16} stroke={1.75} aria-hidden /></ActionIcon></Tooltip>
      <WindowSelect series={series} views={views} />
      <LayoutSwitch series={series} />
    </Group>
  )
}
