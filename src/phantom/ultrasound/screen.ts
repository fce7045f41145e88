import { createRandom, hashText } from '../random.ts'
import { traceSeconds, traceSpan, type Layout, type Region } from './layout.ts'

/** Decibel between black and white. */
const rangeDb = 60

/** Echoes as grays on the screen: the strongest white, `rangeDb` below it black. */
export const toGray = (screen: Uint8Array, columns: number, echoes: Float32Array, width: number, { left, top, bottom }: Region): void => {
  for (let row = 0; row <= bottom - top; row++) {
    for (let column = 0; column < width; column++) {
      const share = ((echoes[row * width + column] ?? -99) + rangeDb) / rangeDb
      screen[(top + row) * columns + left + column] = share <= 0 ? 2 : share >= 1 ? 255 : 2 + Math.round(253 * share)
    }
  }
}

const fill = (screen: Uint8Array, columns: number, { left, top, right, bottom }: Region, gray: number): void => {
  for (let row = top; row <= bottom; row++) screen.fill(gray, row * columns + left, row * columns + right + 1)
}

/** Marks beside the tissue: depth every 5 mm (longer every 10), the gray bar, the focus. No letters, no numbers. */
export const drawScales = (screen: Uint8Array, columns: number, { tissue, pixelMm }: Layout): void => {
  const unit = Math.max(1, Math.round(columns / 400))
  const side = tissue.right + 4 * unit
  const depth = (tissue.bottom - tissue.top + 1) * pixelMm
  for (let mm = 0; mm <= depth + 0.01; mm += 5) {
    const row = Math.min(tissue.bottom, Math.round(tissue.top + mm / pixelMm - 0.5))
    fill(screen, columns, { left: side, right: side + (mm % 10 === 0 ? 7 : 3) * unit, top: row, bottom: row }, 190)
  }
  const bar = Math.round((tissue.bottom - tissue.top) * 0.4)
  const left = Math.max(1, tissue.left - 16 * unit)
  for (let i = 0; i <= bar; i++) fill(screen, columns, { left, right: left + 5 * unit, top: tissue.top + i, bottom: tissue.top + i }, Math.round(255 * (1 - i / bar)))
  const focus = Math.round(tissue.top + (tissue.bottom - tissue.top) * 0.42)
  for (let i = 0; i < 4 * unit; i++) {
    const half = Math.floor(i / 2)
    for (let row = focus - half; row <= focus + half; row++) screen[row * columns + side + 10 * unit + i] = 200
  }
}

/** Speed of blood at a time, cm/s: a beat of about 0.9 s. */
const speedAt = (seconds: number): number => {
  const phase = (seconds / 0.88) % 1
  return 5 + 17 * Math.exp(-(((phase - 0.13) / 0.06) ** 2)) + 8 * Math.exp(-(((phase - 0.34) / 0.12) ** 2)) + 3 * (1 - phase)
}

/** The screen in colour (by pixel) with a sample gate, the flow it lies in, and the spectrum of its echoes over time. */
export const drawTrace = (gray: Uint8Array, columns: number, { tissue, pixelMm, trace }: Layout, seed: number, plain: boolean): Uint8Array<ArrayBuffer> => {
  if (trace) {
    const random = createRandom(hashText(`${seed}/trace`))
    const [width, height] = [trace.right - trace.left + 1, trace.bottom - trace.top + 1]
    const baseline = trace.top + Math.round(height * 0.75)
    for (let column = 0; column < width; column++) {
      const fastest = speedAt((column * traceSeconds) / width)
      for (let row = trace.top; row <= trace.bottom; row++) {
        const speed = ((baseline - row) * traceSpan) / height
        const within = speed > 0 && speed < fastest ? 0.35 + 0.65 * (speed / fastest) : speed < 0 && speed > -2.5 ? 0.25 : 0
        const noise = random()
        const level = within * (0.25 + 0.95 * noise) + (noise > 0.93 ? 0.08 : 0.01)
        gray[row * columns + trace.left + column] = plain ? 0 : Math.min(255, Math.round(255 * level))
      }
    }
    fill(gray, columns, { left: trace.left, right: trace.right, top: baseline, bottom: baseline }, 170)
    for (let tick = 0; tick <= traceSeconds * 2; tick++) {
      const column = Math.min(trace.right, trace.left + Math.round((tick * width) / (traceSeconds * 2)))
      fill(gray, columns, { left: column, right: column, top: trace.bottom - (tick % 2 === 0 ? 6 : 3), bottom: trace.bottom }, 200)
    }
  }
  const colour = new Uint8Array(gray.length * 3)
  for (let i = 0; i < gray.length; i++) colour.fill(gray[i] ?? 0, 3 * i, 3 * i + 3)
  if (!plain) paintFlow(colour, columns, tissue, pixelMm, seed)
  return colour
}

/** A vessel in colour beside the middle, and the gate across it. */
const paintFlow = (colour: Uint8Array, columns: number, tissue: Region, pixelMm: number, seed: number): void => {
  const random = createRandom(hashText(`${seed}/flow`))
  const middle = (tissue.left + tissue.right) / 2 + 6 / pixelMm
  const level = tissue.top + (tissue.bottom - tissue.top) * 0.3
  for (let row = tissue.top; row <= tissue.bottom; row++) {
    for (let column = tissue.left; column <= tissue.right; column++) {
      const [x, z] = [(column - middle) * pixelMm, (row - level) * pixelMm]
      const away = Math.abs(z - 0.45 * x - 0.5 * Math.sin(x)) * 0.9
      if (Math.abs(x) > 3.2 || away > 0.75 * Math.sqrt(1 - (x / 3.3) ** 2) + 0.2 * (random() - 0.5)) continue
      const at = 3 * (row * columns + column)
      const speed = 1 - (away / 0.85) ** 2
      colour[at] = 120 + Math.round(125 * speed)
      colour[at + 1] = Math.round(40 + 130 * speed * speed * random())
      colour[at + 2] = 20
    }
  }
  for (const offset of [-1.2, 1.2]) {
    const row = Math.round(level + offset / pixelMm)
    const half = Math.round(1.5 / pixelMm)
    for (let column = Math.round(middle) - half; column <= Math.round(middle) + half; column++) colour.fill(230, 3 * (row * columns + column), 3 * (row * columns + column) + 3)
  }
}
