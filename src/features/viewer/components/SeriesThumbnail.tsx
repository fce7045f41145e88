import { useEffect, useRef, useState } from 'react'
import { linearGray, percentileWindow } from '../../../domain/display/window.ts'
import type { EngineSeries } from '../../../engine/port.ts'
import { useEngine } from '../../../engine/react.tsx'

/** Longest side of a small picture, pixels. */
const most = 160
type Values = { readonly values: ArrayLike<number>; readonly columns: number; readonly rows: number }

/** A grey picture of a frame by its own first window, or its 1st to 99th percentile, made small. */
const paint = (canvas: HTMLCanvasElement, { values, columns, rows }: Values, window: { width: number; centre: number } | undefined, inverted: boolean): void => {
  const step = Math.max(1, Math.max(columns, rows) / most)
  const [width, height] = [Math.max(1, Math.floor(columns / step)), Math.max(1, Math.floor(rows / step))]
  const picture = new ImageData(width, height)
  const shown = window ?? percentileWindow(values)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grey = linearGray(values[Math.floor((y + 0.5) * step) * columns + Math.floor((x + 0.5) * step)] ?? 0, shown)
      picture.data.set([...Array.from({ length: 3 }, () => (inverted ? 255 - grey : grey)), 255], 4 * (y * width + x))
    }
  }
  Object.assign(canvas, { width, height })
  canvas.getContext('2d')?.putImageData(picture, 0, 0)
}

/**
 * A small picture of a series: the hospital's, or where it has none (it does not decode every transfer syntax) one drawn here of the
 * middle frame.
 */
export const SeriesThumbnail = ({ address, load }: { address: string; load: () => Promise<EngineSeries> }) => {
  const engine = useEngine()
  const [own, setOwn] = useState(false)
  const canvas = useRef<HTMLCanvasElement>(null)
  const look = { width: '100%', height: 72, objectFit: 'contain', display: 'block' } as const
  const latest = useRef(load)
  useEffect(() => { latest.current = load }, [load])
  useEffect(() => {
    if (!own) return undefined
    let gone = false
    const draw = async (): Promise<void> => {
      const series = await latest.current()
      const middle = Math.floor(series.frames.length / 2)
      const frame = series.frames[middle]
      if (!frame || frame.pixels.samplesPerPixel !== 1) return
      const values = await engine.values(series, [middle])
      if (canvas.current && !gone) paint(canvas.current, { values, columns: frame.pixels.columns, rows: frame.pixels.rows }, frame.windows[0], frame.pixels.photometricInterpretation === 'MONOCHROME1')
    }
    // What cannot be drawn small says so in its viewport when it is opened.
    draw().catch(() => undefined)
    return () => { gone = true }
  }, [own, engine])
  return own ? <canvas ref={canvas} width={1} height={1} data-thumbnail="own" style={look} /> : <img src={address} alt="" style={look} onError={() => setOwn(true)} />
}
