import { MantineProvider, useMantineTheme } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useEffect, type ReactNode } from 'react'
import type { Measurement } from '../../../domain/measurement/types.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useEngine } from '../../../engine/react.tsx'
import { useTranslation } from '../../../i18n/index.ts'
import { cssVariablesResolver } from '../../../ui/theme.ts'
import type { SeriesFacts } from '../series.ts'
import type { Finished } from '../marks/useDrawing.ts'
import { drawnBy, nextRadius, paintedBy, usePaintStore, useViewerStore } from '../store.ts'
import { keepsKey } from '../keys.ts'
import { viewsOf } from '../layouts.ts'
import { BrushLayer, type PaintSurface } from './BrushLayer.tsx'
import { CrosshairLayer } from './CrosshairLayer.tsx'
import { ContourLayer, type ContourOverlay } from './ContourLayer.tsx'
import { MarksLayer } from './MarksLayer.tsx'
import { SegmentLayer, type Overlay } from './SegmentLayer.tsx'
import { ToolRow, toolKeys } from './ToolRow.tsx'
import { SeriesThumbnail } from './SeriesThumbnail.tsx'
import { ScaleBar } from './ScaleBar.tsx'
import { VolumeLook } from './VolumeLook.tsx'
import { Viewport } from './Viewport.tsx'

/** One picture of the strip: a series, or a stack of it. */
export type SeriesChoice = { readonly seriesInstanceUid: string; readonly stack?: string; readonly label: string; readonly images: number; readonly thumbnail: string; /** The stack itself, for a picture where the hospital has none. */ readonly load: () => Promise<EngineSeries> }

/** The reading room: near-black, image first. The panel at the right and the chip in the row come from outside. */
export const ViewerScreen = ({ series, facts, choices, onChoose, back, marks, selected, onFinished, onSelect, onKey, overlay, paintings = [], surface, contours, chip, panel, cover }: {
  series: EngineSeries; facts: SeriesFacts; choices: readonly SeriesChoice[]; onChoose: (seriesInstanceUid: string, stack?: string) => void; back: string; marks: readonly Measurement[]; selected: string | undefined
  onFinished: (mark: Finished) => void; onSelect: (uid: string | undefined) => void; onKey: (key: 'undo' | 'redo' | 'delete') => void; overlay: Overlay | undefined; chip: ReactNode; panel: ReactNode
  /** What is painted over the pictures, and what a brush paints on; absent where it cannot. */
  paintings?: readonly Overlay[]; surface?: PaintSurface | undefined
  contours?: ContourOverlay | undefined
  /** Stands in place of the pictures. */
  cover?: ReactNode
}) => {
  const { t } = useTranslation('viewer')
  const theme = useMantineTheme()
  const engine = useEngine()
  const { tool, layout, active, set } = useViewerStore()
  const views = viewsOf(layout, series)
  const paintable = surface !== undefined
  const isOpen = (seriesInstanceUid: string, stack: string | undefined): boolean => seriesInstanceUid === series.seriesInstanceUid && (stack === undefined || stack === series.stack)
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (keepsKey(event.target, event.key)) return
      const now = engine.snapshot(active)
      const go = (slice: number) => { event.preventDefault(); engine.setSlice(active, slice) }
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') { event.preventDefault(); if (!usePaintStore.getState().busy) onKey(event.shiftKey ? 'redo' : 'undo') }
      else if (event.key === 'Delete' || event.key === 'Backspace') onKey('delete')
      else if (event.key === 'Escape') onSelect(undefined)
      // With a drawing tool in hand the arrows move the cursor that draws.
      else if (now && !drawnBy(tool) && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) go(now.slice + (event.key === 'ArrowDown' ? 1 : -1))
      else if (now && (event.key === 'PageDown' || event.key === 'PageUp')) go(now.slice + (event.key === 'PageDown' ? 1 : -1))
      else if (now && event.key === 'Home') go(0)
      else if (now && event.key === 'End') go(now.slices - 1)
      else if (paintedBy(tool) && (event.key === '[' || event.key === ']')) set({ radius: nextRadius(event.key === ']') })
      else if (!event.ctrlKey && !event.metaKey && !event.altKey && toolKeys[event.key] && !(event.key === 'c' && layout === 'stack') && !(paintedBy(toolKeys[event.key] ?? 'window') && !paintable)) {
        // A list with the focus would look for an entry of that letter.
        event.preventDefault()
        set({ tool: toolKeys[event.key] ?? 'window' })
      }
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [engine, active, layout, tool, paintable, onKey, onSelect, set])
  return (
    <MantineProvider theme={theme} forceColorScheme="dark" cssVariablesResolver={cssVariablesResolver} cssVariablesSelector=".ciw-reading" getRootElement={() => undefined}>
      <div className="ciw-reading" data-mantine-color-scheme="dark" style={{ display: 'grid', gridTemplateRows: '44px minmax(0, 1fr)', gridTemplateColumns: 'minmax(0, 1fr)', height: '100%', background: '#0a0d0f', color: '#dce1e6' }}>
        <header style={{ display: 'flex', alignItems: 'center', gap: 16, padding: '0 12px', borderBottom: '1px solid #23292e' }}>
          <a href={back} aria-label={t('back')} style={{ color: '#cdd4da', display: 'flex' }}><IconArrowLeft size={18} stroke={1.75} aria-hidden /></a>
          <h1 style={{ fontSize: 14, lineHeight: '20px', margin: 0, whiteSpace: 'nowrap' }}>{`${facts.patientId}  ${facts.studyDescription}`}</h1>
          <ToolRow series={series} views={views} paintable={paintable} />
          <span style={{ marginLeft: 'auto', display: 'flex', alignItems: 'center', gap: 12 }}>{chip}</span>
        </header>
        <main style={{ display: 'grid', gridTemplateColumns: '96px minmax(0, 1fr) 264px', minHeight: 0 }}>
          <nav aria-label={t('series')} style={{ overflow: 'auto', padding: 6, display: 'flex', flexDirection: 'column', gap: 6 }}>
            {choices.map(({ seriesInstanceUid, stack, label, images, thumbnail, load }) => (
              <button key={`${seriesInstanceUid}/${stack}`} type="button" aria-pressed={isOpen(seriesInstanceUid, stack)} onClick={() => onChoose(seriesInstanceUid, stack)} style={{ border: `1px solid ${isOpen(seriesInstanceUid, stack) ? '#52a5b5' : '#23292e'}`, background: '#000', padding: 2, borderRadius: 4, color: '#cdd4da', font: 'inherit', fontSize: 11, lineHeight: '14px', textAlign: 'left', cursor: 'pointer' }}>
                <SeriesThumbnail address={thumbnail} load={load} />
                {label}<br />{t('seriesImages', { count: images })}
              </button>
            ))}
          </nav>
          <div style={{ position: 'relative', display: 'grid', gap: 2, background: '#23292e', gridTemplateColumns: views.length > 1 ? '1fr 1fr' : '1fr', gridTemplateRows: views.length > 2 ? '1fr 1fr' : '1fr', minHeight: 0 }}>
            {views.map(({ id, view }) => (
              <Viewport key={id} id={id} series={series} facts={facts} view={view}>
                {view === 'volume' ? null : [...(overlay ? [overlay] : []), ...paintings].filter(({ seriesInstanceUid, stack }) => seriesInstanceUid === series.seriesInstanceUid && stack === series.stack).map((one, index) => <SegmentLayer key={index} viewportId={id} series={series} view={view} overlay={one} />)}
                {view !== 'volume' && contours ? <ContourLayer viewportId={id} series={series} overlay={contours} /> : null}
                {views.length > 1 && view !== 'volume' ? <CrosshairLayer viewportId={id} others={views.filter((other) => other.id !== id && other.view !== 'volume')} active={tool === 'crosshair'} label={t('crosshair')} /> : null}
                {view === 'volume' ? <VolumeLook viewportId={id} /> : <ScaleBar viewportId={id} series={series} />}
                {view === 'volume' ? null : <MarksLayer viewportId={id} series={series} marks={marks} selected={selected} tool={drawnBy(tool)} onFinished={onFinished} onSelect={onSelect} label={t('marks')} />}
                {view !== 'volume' && surface && paintedBy(tool) ? <BrushLayer viewportId={id} flat={view === 'stack'} surface={surface} erases={paintedBy(tool) === 'eraser'} /> : null}
              </Viewport>
            ))}
            {cover ? <div style={{ position: 'absolute', inset: 0, display: 'grid', placeContent: 'center', background: '#000' }}>{cover}</div> : null}
          </div>
          <aside style={{ borderLeft: '1px solid #23292e', overflow: 'auto' }}>{panel}</aside>
        </main>
      </div>
    </MantineProvider>
  )
}
