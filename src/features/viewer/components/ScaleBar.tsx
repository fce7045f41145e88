import { scaleBar } from '../../../domain/display/scaleBar.ts'
import { distanceMm } from '../../../domain/geometry/plane.ts'
import type { EngineFrame, EngineSeries } from '../../../engine/port.ts'
import { useEngine, useViewport } from '../../../engine/react.tsx'
import { formatNumber, useTranslation } from '../../../i18n/index.ts'

const mostPixels = 110
const line = '1.5px solid #fff'

/** Mm of one step in the plane a frame is drawn in; undefined where it has no size, or several. */
const unitOf = (frame: EngineFrame | undefined): number | undefined => {
  if (frame?.plane) return 1
  const [first, ...others] = frame?.calibrations ?? []
  return first && others.every(({ rowSpacingMm, columnSpacingMm }) => rowSpacingMm === first.rowSpacingMm && columnSpacingMm === first.columnSpacingMm) ? first.columnSpacingMm : undefined
}

/** A round length in mm across the picture as it is zoomed now; none where the image says no size. */
export const ScaleBar = ({ viewportId, series }: { viewportId: string; series: EngineSeries }) => {
  const { t, i18n } = useTranslation('viewer')
  const engine = useEngine()
  const view = useViewport(viewportId)
  const unitMm = view?.view === 'stack' ? unitOf(series.frames[view.slice]) : 1
  if (!view || view.failure || !unitMm) return null
  const [from, to] = [engine.toWorld(viewportId, [0, 0]), engine.toWorld(viewportId, [100, 0])]
  const bar = from && to && scaleBar((unitMm * distanceMm(from, to)) / 100, mostPixels)
  if (!bar) return null
  const inCm = bar.mm >= 10
  const length = formatNumber(inCm ? bar.mm / 10 : bar.mm, i18n.language)
  return (
    <div data-scale={bar.mm} style={{ position: 'absolute', left: '50%', bottom: 9, display: 'flex', alignItems: 'end', gap: 6, transform: `translateX(${-bar.pixels / 2}px)`, pointerEvents: 'none' }}>
      <div style={{ flex: 'none', width: bar.pixels, height: 6, border: line, borderTop: 0, boxSizing: 'border-box', filter: 'drop-shadow(0 0 1px #000) drop-shadow(0 0 1px #000)' }} />
      <span style={{ color: '#e6ebef', background: '#000000a8', borderRadius: 3, padding: '0 4px', fontSize: 12, lineHeight: '16px', marginBottom: -5, whiteSpace: 'nowrap' }}>{t(inCm ? 'scaleCm' : 'scaleMm', { length })}</span>
    </div>
  )
}
