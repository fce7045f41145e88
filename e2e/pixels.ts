import type { Locator } from '@playwright/test'
import { inflateSync } from 'node:zlib'

export type Picture = { readonly width: number; readonly height: number; readonly gray: (x: number, y: number) => number }

/** The picture of an element as a person sees it: an 8-bit PNG, unfiltered, first channel. */
export const pictureOf = async (element: Locator): Promise<Picture> => {
  const png = await element.screenshot({ animations: 'disabled' })
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const channels = png[25] === 6 ? 4 : png[25] === 2 ? 3 : 1
  const parts: Buffer[] = []
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const pixels = Buffer.alloc(stride * height)
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)]
    for (let i = 0; i < stride; i++) {
      const left = i >= channels ? pixels[row * stride + i - channels] ?? 0 : 0
      const up = row > 0 ? pixels[(row - 1) * stride + i] ?? 0 : 0
      const corner = row > 0 && i >= channels ? pixels[(row - 1) * stride + i - channels] ?? 0 : 0
      const predicted = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : filter === 4 ? paeth(left, up, corner) : 0
      pixels[row * stride + i] = (raw[row * (stride + 1) + 1 + i] ?? 0) + predicted
    }
  }
  return { width, height, gray: (x, y) => pixels[Math.round(y) * stride + Math.round(x) * channels] ?? 0 }
}

const paeth = (left: number, up: number, corner: number): number => {
  const estimate = left + up - corner
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

/** Largest value and variance over a grid of samples. */
export const spread = ({ width, height, gray }: Picture): { largest: number; variance: number } => {
  const samples = Array.from({ length: 64 * 64 }, (_, i) => gray(((i % 64) + 0.5) * (width / 64), (Math.floor(i / 64) + 0.5) * (height / 64)))
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length
  return { largest: Math.max(...samples), variance: samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples.length }
}

/** Share of a grid of samples in which two pictures of one size differ by more than 4 grey levels. */
export const differing = (a: Picture, b: Picture): number => {
  const at = ({ gray }: Picture, i: number): number => gray(((i % 64) + 0.5) * (a.width / 64), (Math.floor(i / 64) + 0.5) * (a.height / 64))
  return Array.from({ length: 64 * 64 }, (_, i) => i).filter((i) => Math.abs(at(a, i) - at(b, i)) > 4).length / (64 * 64)
}
