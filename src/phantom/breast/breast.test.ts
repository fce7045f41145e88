import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toDicomJson } from '../../dicom/file/json.ts'
import { readPart10 } from '../../dicom/file/read.ts'
import { program } from '../../testing/programs.ts'
import { encodeImage, type GeneratedImage } from '../image.ts'
import type { Study } from '../study.ts'
import { extentOf, hullOf } from './extent.ts'
import { mammographyImages, mammographyTruth } from './mammography.ts'
import type { ViewPoint } from './outline.ts'
import type { BreastLesion, BreastLesionKind, Exposure, MammographyCase, TomosynthesisCase } from './plan.ts'
import { tomosynthesisImage, tomosynthesisTruth } from './tomosynthesis.ts'

const study: Study = { patient: { id: 'T-0001', name: 'Birch^Generated', sex: 'F', birthYear: 1964 }, date: '20240110', description: 'Screening mammography', institution: 'Generated' }
const lesion = (kind: BreastLesionKind, changes: Partial<BreastLesion> = {}): BreastLesion => ({ lesion: `${kind} 1`, kind, side: 'L', place: { depth: 0.5, lateral: 0.3, superior: 0.35 }, longestMm: 14, roundness: 0.75, contrast: 0.2, ...changes })
const four: readonly Exposure[] = [{ side: 'R', view: 'CC' }, { side: 'L', view: 'CC' }, { side: 'R', view: 'MLO' }, { side: 'L', view: 'MLO' }]
const small: MammographyCase = {
  kind: 'mammography', study, anatomy: { seed: 41, density: 0.45, size: 0.5 }, positioningSeed: 7, maker: { manufacturer: 'Nordmed', model: 'Lumen 3', look: 'linear', rimMm: 5, marker: true },
  matrix: { rows: 256, columns: 208, imagerPixelSpacingMm: 0.8, magnification: 1.06 }, exposures: four, lesions: [lesion('mass'), lesion('calcifications', { side: 'R' })],
}
const planes: TomosynthesisCase = {
  kind: 'tomosynthesis', study, anatomy: small.anatomy, positioningSeed: 7, maker: small.maker, exposure: { side: 'L', view: 'MLO' }, rows: 128, columns: 104, pixelSpacingMm: 1.5, frames: 8, frameSpacingMm: 7, lesions: [lesion('mass')], seriesNumber: 5,
}
const only = (one: MammographyCase, plain = false): GeneratedImage => {
  const [image] = mammographyImages(one, { plain })
  if (!image) throw new Error('the case has no image')
  return image
}
const digest = (images: Iterable<GeneratedImage>): string => {
  const hash = createHash('sha256')
  for (const image of images) hash.update(encodeImage(image))
  return hash.digest('hex')
}

/** Pixels where a lesion is at least a share of its full brightness, by the difference it makes in a picture without texture. */
const pixelsOf = (frame: ArrayLike<number>, without: ArrayLike<number>, columns: number, level: number): ViewPoint[] => {
  const out: ViewPoint[] = []
  for (let i = 0; i < without.length; i++) {
    const [value = 0, base = 0] = [frame[i], without[i]]
    const brightness = (base - 1850) / 3300 + 0.5
    // Light adds less where the tissue is bright already.
    if (base > 0 && (value - base) / 3300 >= level * (1 - 0.55 * brightness)) out.push([i % columns, Math.floor(i / columns)])
  }
  return out
}
const meanOf = (points: readonly ViewPoint[]): ViewPoint => [points.reduce((sum, [x]) => sum + x, 0) / points.length, points.reduce((sum, [, y]) => sum + y, 0) / points.length]

describe('a generated mammogram', () => {
  it('is the same bytes for the same plan and others for another woman, another positioning or another date', () => {
    const one = { ...small, exposures: four.slice(0, 1) }
    const first = digest(mammographyImages(one))
    expect(digest(mammographyImages(one))).toBe(first)
    expect(digest(mammographyImages({ ...one, anatomy: { ...one.anatomy, seed: 42 } }))).not.toBe(first)
    expect(digest(mammographyImages({ ...one, positioningSeed: 8 }))).not.toBe(first)
    expect(digest(mammographyImages({ ...one, study: { ...study, date: '20220110' } }))).not.toBe(first)
  })

  it('hangs right breasts with the chest wall at the right edge, left ones at the left, and says so', () => {
    for (const [index, { dataset, frames: [frame] }] of [...mammographyImages(small, { plain: true })].entries()) {
      const exposure = four[index]
      const { columns, rows } = small.matrix
      const edge = (column: number) => Array.from({ length: rows }, (_, row) => frame?.[row * columns + column] ?? 0).filter((value) => value > 0).length
      expect(edge(exposure?.side === 'R' ? columns - 1 : 0), `edge ${index}`).toBeGreaterThan(rows / 2)
      expect(edge(exposure?.side === 'R' ? 0 : columns - 1)).toBe(0)
      expect([dataset['ImageLaterality'], dataset['PatientOrientation']]).toEqual([exposure?.side, { RCC: ['P', 'L'], LCC: ['A', 'R'], RMLO: ['P', 'FL'], LMLO: ['A', 'FR'] }[`${exposure?.side}${exposure?.view}` as 'RCC']])
    }
  })

  it('stored mirrored is the same picture turned about, with Patient Orientation and truth turned too', () => {
    const exposures: readonly Exposure[] = [{ side: 'L', view: 'CC' }]
    const plain = only({ ...small, exposures })
    const mirrored = { ...small, exposures: [{ side: 'L', view: 'CC', mirrored: true } as const] }
    const turned = only(mirrored)
    const { columns } = small.matrix
    expect(turned.dataset['PatientOrientation']).toEqual(['P', 'R'])
    expect(turned.dataset['FieldOfViewHorizontalFlip']).toBe('YES')
    expect(plain.frames[0]?.every((value, i) => value === turned.frames[0]?.[i - (i % columns) + columns - 1 - (i % columns)])).toBe(true)
    const [a, b] = [mammographyTruth({ ...small, exposures }).lesions[0]?.pixel, mammographyTruth(mirrored).lesions[0]?.pixel]
    expect((a?.column ?? 0) + (b?.column ?? 0)).toBeCloseTo(columns - 1, 9)
    expect(a?.row).toBe(b?.row)
  })

  it.each([
    ['mass', 0.1], ['spiculated mass', 0.1], ['calcifications', 0.03], ['distortion', 0.07],
  ] as const)('has a %s where the truth says, as large as it says, in every view', (kind, level) => {
    const matrix = { rows: 840, columns: 480, imagerPixelSpacingMm: 0.24, magnification: 1.2 }
    for (const exposure of [{ side: 'L', view: 'CC' }, { side: 'R', view: 'MLO' }] as const) {
      const one = { ...small, matrix, exposures: [exposure], lesions: [lesion(kind, { side: exposure.side })] }
      const [frame] = only(one, true).frames
      const [without] = only({ ...one, lesions: [] }, true).frames
      const seen = pixelsOf(frame ?? [], without ?? [], matrix.columns, level)
      const { lesions: [truth], masks: [mask] } = mammographyTruth(one)
      const pixelMm = matrix.imagerPixelSpacingMm / matrix.magnification
      const hull = extentOf(hullOf(seen.flatMap(([x, y]): ViewPoint[] => [[x - 0.5, y - 0.5], [x + 0.5, y - 0.5], [x - 0.5, y + 0.5], [x + 0.5, y + 0.5]])))
      const name = `${kind} ${exposure.view}`
      // Corners of pixels reach up to a pixel's diagonal beyond the border.
      expect(Math.abs(hull.longest - Math.SQRT1_2 - (truth?.longestMm ?? 0) / pixelMm), `${name} longest`).toBeLessThan(kind === 'calcifications' || kind === 'distortion' ? 2 : 0.75)
      const isMass = kind.endsWith('mass')
      if (isMass) expect(Math.abs(hull.shortest - Math.SQRT1_2 - (truth?.shortestMm ?? 0) / pixelMm), `${name} shortest`).toBeLessThan(1.5)
      const [x, y] = isMass ? meanOf(seen) : hull.centre
      expect(Math.hypot(x - (truth?.pixel?.column ?? 0), y - (truth?.pixel?.row ?? 0)), `${name} centre`).toBeLessThan(isMass ? 0.5 : 1)
      const masked = mask?.labelMap.data.reduce((sum, value) => sum + value, 0) ?? 0
      if (isMass) expect(masked / seen.length, `${name} mask`).toBeCloseTo(1, 1)
      expect(seen.filter(([column, row]) => mask?.labelMap.data[row * matrix.columns + column] === 1).length / seen.length, `${name} in mask`).toBeGreaterThan(kind === 'distortion' ? 0.9 : 0.93)
    }
  })

  it('of a prior shows the same woman a little otherwise: lesions near their place, smaller or not there yet, in truth at every view', () => {
    const prior = { ...small, positioningSeed: 99, study: { ...study, date: '20220110' }, lesions: [lesion('mass', { longestMm: 8 }), lesion('calcifications', { side: 'R', longestMm: 0 })] }
    const [now, before] = [mammographyTruth(small).lesions, mammographyTruth(prior).lesions]
    expect(now.map(({ lesion: name, state }) => [name, state])).toEqual([['calcifications 1', 'present'], ['mass 1', 'present'], ['calcifications 1', 'present'], ['mass 1', 'present']])
    expect(before.map(({ lesion: name, state, longestMm }) => [name, state, longestMm])).toEqual([['calcifications 1', 'absent', 0], ['mass 1', 'present', 8], ['calcifications 1', 'absent', 0], ['mass 1', 'present', 8]])
    const pixelMm = 0.8 / 1.06
    const moved = Math.hypot((now[1]?.pixel?.column ?? 0) - (before[1]?.pixel?.column ?? 0), (now[1]?.pixel?.row ?? 0) - (before[1]?.pixel?.row ?? 0)) * pixelMm
    expect(moved).toBeGreaterThan(0.1)
    expect(moved).toBeLessThan(12)
    expect(mammographyTruth({ ...small, lesions: [lesion('mass', { seenIn: 'CC' })] }).lesions).toHaveLength(1)
  })

  it('is whiter the denser the breast', () => {
    const white = [0.1, 0.4, 0.65, 0.9].map((density) => {
      const values = only({ ...small, exposures: four.slice(1, 2), anatomy: { ...small.anatomy, density } }).frames[0] ?? new Uint16Array()
      const breast = values.filter((value) => value > 500)
      return breast.filter((value) => value > 1850).length / breast.length
    })
    expect(white.toSorted((a, b) => a - b)).toEqual(white)
    expect(white[0]).toBeLessThan(0.12)
    expect(white[3]).toBeGreaterThan(0.55)
  })

  it('in MONOCHROME1 has each value turned about, its windows and padding with it', () => {
    const exposures = four.slice(0, 1)
    for (const look of ['linear', 'sigmoid'] as const) {
      const maker = { ...small.maker, look }
      const [white, black] = [only({ ...small, maker, exposures }, true), only({ ...small, maker: { ...maker, monochrome1: true }, exposures }, true)]
      expect(white.frames[0]?.every((value, i) => value + (black.frames[0]?.[i] ?? 0) === 4095)).toBe(true)
      expect(black.dataset).toMatchObject({ PhotometricInterpretation: 'MONOCHROME1', PresentationLUTShape: 'INVERSE', PixelPaddingValue: 4095, PixelIntensityRelationshipSign: 1 })
      expect((white.dataset['WindowCenter'] as number[])[0]).toBe((look === 'linear' ? 4096 : 4095) - ((black.dataset['WindowCenter'] as number[])[0] ?? 0))
    }
  })

  it('with implants says so and shows them white at the chest wall, but not where they are pushed back', () => {
    const one = { ...small, anatomy: { ...small.anatomy, implants: true }, lesions: [] }
    const behind = (implantDisplaced: boolean) => {
      const { dataset, frames: [frame] } = only({ ...one, exposures: [{ side: 'L', view: 'CC', implantDisplaced }] }, true)
      expect(dataset['BreastImplantPresent']).toBe('YES')
      const codes = (dataset['ViewCodeSequence'] as { ViewModifierCodeSequence: { CodeValue: string }[] }[])[0]?.ViewModifierCodeSequence.map(({ CodeValue }) => CodeValue)
      expect(codes).toEqual(implantDisplaced ? ['399209000'] : [])
      const row = Array.from({ length: 40 }, (_, column) => frame?.[132 * small.matrix.columns + 15 + column] ?? 0)
      return row.filter((value) => value > 2800).length / row.length
    }
    expect(behind(false)).toBe(1)
    expect(behind(true)).toBeLessThan(0.5)
  })
})

describe('a generated tomosynthesis', () => {
  it('is the same bytes for the same plan and others for another', () => {
    const first = digest([tomosynthesisImage(planes)])
    expect(digest([tomosynthesisImage(planes)])).toBe(first)
    expect(digest([tomosynthesisImage({ ...planes, positioningSeed: 8 })])).not.toBe(first)
  })

  it('names its dimensions by tag: stack, then position', async () => {
    const json = toDicomJson(await readPart10(encodeImage(tomosynthesisImage(planes, { plain: true }))))
    expect(json['00209222']?.Value).toMatchObject([['00209056', '00209111'], ['00209057', '00209111']].map(([index, group]) => ({ '00209165': { Value: [index] }, '00209167': { Value: [group] } })))
  })

  it.each([{ side: 'L', view: 'MLO' }, { side: 'R', view: 'CC' }, { side: 'R', view: 'MLO', mirrored: true }] as const)('has its mass at the place of the truth in its frame of reference: $side $view', (exposure) => {
    const one: TomosynthesisCase = { ...planes, rows: 400, columns: 300, pixelSpacingMm: 0.5, frames: 9, frameSpacingMm: 5, exposure, lesions: [lesion('mass', { side: exposure.side })] }
    const { dataset, frames } = tomosynthesisImage(one, { plain: true })
    const { frames: without } = tomosynthesisImage({ ...one, lesions: [] }, { plain: true })
    const { lesions: [truth], masks: [mask] } = tomosynthesisTruth(one)
    const [{ PlaneOrientationSequence }] = dataset['SharedFunctionalGroupsSequence'] as [{ PlaneOrientationSequence: [{ ImageOrientationPatient: number[] }] }]
    const axes = PlaneOrientationSequence[0].ImageOrientationPatient
    const positions = (dataset['PerFrameFunctionalGroupsSequence'] as { PlanePositionSequence: [{ ImagePositionPatient: number[] }] }[]).map((groups) => groups.PlanePositionSequence[0].ImagePositionPatient)
    const seen = frames.map((frame, k) => pixelsOf(frame, without[k] ?? [], one.columns, 0.1))
    const largest = seen.reduce((best, points, k) => (points.length > (seen[best]?.length ?? 0) ? k : best), 0)
    const [x, y] = meanOf(seen[largest] ?? [])
    const away = [0, 1, 2].map((axis) => (positions[largest]?.[axis] ?? 0) + one.pixelSpacingMm * ((axes[axis] ?? 0) * x + (axes[axis + 3] ?? 0) * y) - (truth?.centre?.[axis] ?? 0))
    expect(Math.hypot(...away)).toBeLessThan(one.pixelSpacingMm / 2)
    const hull = extentOf(hullOf(seen[largest] ?? []))
    expect(Math.abs(hull.longest * one.pixelSpacingMm - (truth?.longestMm ?? 0))).toBeLessThan(one.pixelSpacingMm * 1.2)
    seen.forEach((points, k) => {
      const inMask = mask?.labelMap.data.subarray(k * one.rows * one.columns, (k + 1) * one.rows * one.columns).reduce((sum, value) => sum + value, 0) ?? 0
      expect(Math.abs(inMask - points.length), `plane ${k}`).toBeLessThan(Math.max(25, points.length * 0.1))
    })
    const step = (positions[1] ?? []).map((value, axis) => value - (positions[0]?.[axis] ?? 0))
    expect(Math.hypot(...step)).toBeCloseTo(one.frameSpacingMm, 2)
    for (const axis of [0, 3]) expect(step.reduce((sum, value, i) => sum + value * (axes[axis + i] ?? 0), 0)).toBeCloseTo(0, 2)
  })
})

describe.skipIf(!program('dciodvfy'))('dciodvfy (needs dicom3tools)', () => {
  it('finds no error in any image of a small study', () => {
    const dir = mkdtempSync(join(tmpdir(), 'phantom-breast-'))
    const images = [
      ...mammographyImages(small),
      ...mammographyImages({ ...small, maker: { ...small.maker, look: 'sigmoid', monochrome1: true }, exposures: [{ side: 'R', view: 'MLO', mirrored: true }] }),
      ...mammographyImages({ ...small, anatomy: { ...small.anatomy, implants: true }, exposures: [{ side: 'R', view: 'CC', implantDisplaced: true }] }),
      tomosynthesisImage(planes), tomosynthesisImage({ ...planes, exposure: { side: 'R', view: 'CC' } }),
    ]
    for (const [index, image] of images.entries()) {
      const path = join(dir, `${index}.dcm`)
      writeFileSync(path, encodeImage(image))
      const { stderr } = spawnSync(program('dciodvfy') ?? '', [path], { encoding: 'utf8' })
      expect(stderr.split('\n').filter((line) => line.startsWith('Error')), `image ${index}`).toEqual([])
    }
    rmSync(dir, { recursive: true })
  })
})
