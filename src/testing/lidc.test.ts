import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readerVolumes } from './lidc.ts'
import { shared } from './shared.ts'

const roi = (inclusion: string, points: readonly (readonly [number, number])[]): string =>
  `<roi><inclusion>${inclusion}</inclusion>${points.map(([x, y]) => `<edgeMap><xCoord>${x}</xCoord><yCoord>${y}</yCoord></edgeMap>`).join('')}</roi>`
const square = (low: number, high: number): (readonly [number, number])[] => {
  const side = Array.from({ length: high - low }, (_, index) => index)
  return [...side.map((n) => [low + n, low] as const), ...side.map((n) => [high, low + n] as const), ...side.map((n) => [high - n, high] as const), ...side.map((n) => [low, high - n] as const), [low, low]]
}

describe('what readers of LIDC outlined', () => {
  it('is the pixels inside their outlines, which are the first outside, less what is left out; a reader without an outline has none', () => {
    const message = `<readingSession>${roi('TRUE', square(2, 8))}${roi('FALSE', square(3, 5))}</readingSession><readingSession>${roi('TRUE', [[4, 4]])}<nonNodule><locus><xCoord>9</xCoord><yCoord>9</yCoord></locus></nonNodule></readingSession>`
    expect(readerVolumes(message, 0.5)).toEqual([(25 - 1) * 0.5])
  })
  const annotations = shared('data/lidc-idri/LIDC-IDRI-0314/annotations')
  it.skipIf(!annotations)('LIDC-IDRI-0314: each of the four has the nodule, of about the size of a ball of its LUNA16 diameter, 1946 mm3 (shared data)', () => {
    const [xml = ''] = readdirSync(annotations ?? '').filter((name) => name.endsWith('.xml'))
    const volumes = readerVolumes(readFileSync(join(annotations ?? '', xml), 'utf8'), 0.78125 ** 2)
    expect(volumes).toHaveLength(4)
    for (const volume of volumes) expect(Math.abs(volume - 1946)).toBeLessThan(0.25 * 1946)
  })
})
