import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenByRule, rankSeries, settledBy, type SelectionRule, type SeriesNeed } from './selection.ts'
import { imageKindsOf, orientationOf, type SeriesTraits } from './traits.ts'

const plain: SeriesTraits = { seriesInstanceUid: '1.2', seriesNumber: 2, modality: 'CT', slices: 100, directions: [[0, 0, 1]], spacingMm: 2, thicknessMm: 2, imageTypes: ['ORIGINAL', 'PRIMARY', 'AXIAL'], kernels: ['B30f'], acquired: '20240101101500' }
const lungs: SelectionRule = { orientation: 'axial', spacingMm: { max: 5 }, minSlices: 20 }
const need = (rule?: SelectionRule, volume = true): SeriesNeed => ({ modalities: ['CT'], volume, ...(rule ? { rule } : {}) })
const without = <K extends keyof SeriesTraits>(key: K): SeriesTraits => {
  const { [key]: _, ...rest } = plain
  return rest as SeriesTraits
}
/** What one series is found to be: what refuses it, else what is said of it. */
const judged = (rule: SelectionRule, change: Partial<SeriesTraits>) => {
  const { candidates: [candidate], refused: [no] } = rankSeries(need(rule), [{ ...plain, ...change }])
  return no ? no.grounds.filter(({ verdict }) => verdict === 'refused').map(({ trait, value }) => `${trait} ${value}`.trim()) : `${candidate?.score} ${candidate?.certain}`
}
const tilted = (degrees: number): [number, number, number] => [0, Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)]

describe('what a rule asks', () => {
  it.each<[string, SelectionRule, Partial<SeriesTraits>, unknown]>([
    ['plain slices fit', lungs, {}, '0 true'],
    ['another modality, of which nothing else is said', lungs, { modality: 'MR', slices: 3 }, ['modality MR']],
    ['colour', lungs, { colour: true }, ['colour']],
    ['no volume', lungs, { notAVolume: 'mixedOrientation' }, ['volume mixedOrientation']],
    ['a localiser', lungs, { imageTypes: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }, ['imageType localiser']],
    ['secondary images', lungs, { imageTypes: ['ORIGINAL', 'SECONDARY', 'AXIAL'] }, ['imageType secondary']],
    ['a derived series', lungs, { imageTypes: ['DERIVED', 'PRIMARY', 'AXIAL'] }, ['imageType derived']],
    ['derived and secondary where they are asked for', { ...lungs, admits: ['derived', 'secondary'] }, { imageTypes: ['DERIVED', 'SECONDARY', 'AXIAL'] }, '0 true'],
    ['a projection is not asked for with them', { ...lungs, admits: ['derived', 'secondary'] }, { imageTypes: ['DERIVED', 'SECONDARY', 'AXIAL', 'MIP'] }, ['imageType projection']],
    ['20 degrees from axial', lungs, { directions: [tilted(20)] }, '0 true'],
    ['21 degrees from axial', lungs, { directions: [tilted(21)] }, ['orientation oblique']],
    ['axial from the head down', lungs, { directions: [[0, 0, -1]] }, '0 true'],
    ['coronal', lungs, { directions: [[0, -1, 0]] }, ['orientation coronal']],
    ['two directions', lungs, { directions: [[0, 0, 1], [1, 0, 0]] }, ['orientation mixed']],
    ['any direction, where any will do', { ...lungs, orientation: 'any' }, { directions: [tilted(45)] }, '0 true'],
    ['5 mm as written', lungs, { spacingMm: 5.004 }, '0 true'],
    ['over 5 mm', lungs, { spacingMm: 5.1 }, ['spacing 5.1']],
    ['under the least spacing', { spacingMm: { min: 1, max: 5 } }, { spacingMm: 0.6 }, ['spacing 0.6']],
    ['too few slices', lungs, { slices: 19 }, ['slices 19']],
    ['a kernel that is preferred, by its beginning', { kernels: ['LUNG', 'b3*'] }, {}, '1 true'],
    ['a kernel that is not', { kernels: ['LUNG', 'B3'] }, {}, '0 true'],
    ['images of two kernels, one preferred', { kernels: ['B30f'] }, { kernels: ['B30f', 'B70f'] }, '0 true'],
    ['contrast as wanted', { contrast: 'with' }, { contrast: 'with' }, '1 true'],
    ['contrast that is not wanted', { contrast: 'without' }, { contrast: 'with' }, ['contrast with']],
    ['contrast of which nothing is said', { contrast: 'without' }, {}, '0 true'],
  ])('%s', (_, rule, change, outcome) => {
    expect(judged(rule, change)).toEqual(outcome)
  })
  it.each(['imageTypes', 'directions', 'spacingMm', 'slices'] as const)('%s that the images do not say leaves a series to a person', (key) => {
    const silent = without(key)
    const ranking = rankSeries(need(lungs), [silent])
    expect(ranking.candidates[0]?.grounds.filter(({ verdict }) => verdict === 'unknown')).toHaveLength(1)
    expect(chosenByRule(ranking)).toBeUndefined()
    expect(chosenByRule(rankSeries(need(lungs), [silent, { ...plain, seriesInstanceUid: '1.3', spacingMm: 5, thicknessMm: 5 }]))?.series.seriesInstanceUid).toBe('1.3')
  })
  it('is nothing where a tool has no rule, but what it cannot run on', () => {
    expect(rankSeries(need(undefined, false), [{ ...plain, imageTypes: ['DERIVED', 'SECONDARY'], notAVolume: 'single', slices: 1 }]).candidates).toHaveLength(1)
    expect(rankSeries(need(), [{ ...plain, notAVolume: 'single' }]).refused).toHaveLength(1)
  })
})

describe('which is taken', () => {
  const order = (pool: readonly Partial<SeriesTraits>[], rule: SelectionRule = lungs) => {
    const { candidates } = rankSeries(need(rule), pool.map((one, index): SeriesTraits => ({ ...plain, seriesInstanceUid: `1.${index}`, ...one })))
    const [first, second] = candidates
    return [candidates.map(({ series }) => Number(series.seriesInstanceUid.slice(2))), first && settledBy(first, second)]
  }
  it.each<[string, [readonly Partial<SeriesTraits>[], SelectionRule?], unknown]>([
    ['the only one', [[{}]], [[0], 'only']],
    ['the thinnest', [[{ spacingMm: 5, thicknessMm: 5 }, { spacingMm: 1, thicknessMm: 1 }]], [[1, 0], 'thinnest']],
    ['of thick slices near each other the thickness counts', [[{ spacingMm: 1, thicknessMm: 5 }, { spacingMm: 2, thicknessMm: 2 }]], [[1, 0], 'thinnest']],
    ['of thin slices far apart the distance counts', [[{ spacingMm: 5, thicknessMm: 1 }, { spacingMm: 2.5, thicknessMm: 2.5 }]], [[1, 0], 'thinnest']],
    ['the latest of those as thin', [[{}, { acquired: '20240101102000' }]], [[1, 0], 'latest']],
    ['one whose time is known', [[{ acquired: '' }, {}]], [[1, 0], 'latest']],
    ['the lower number of those alike', [[{ seriesNumber: 4 }, { seriesNumber: 3 }]], [[1, 0], 'order']],
    ['what is preferred before what is thin', [[{ spacingMm: 1, thicknessMm: 1 }, { kernels: ['LUNG'] }], { ...lungs, kernels: ['lung'] }], [[1, 0], 'score']],
  ])('%s', (_, [pool, rule], outcome) => {
    expect(order(pool, rule)).toEqual(outcome)
  })

  const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
  /** Any series, with whatever of it unknown. */
  const anySeries: fc.Arbitrary<SeriesTraits> = fc.record({
    seriesNumber: some(fc.integer({ min: 1, max: 5 })), modality: fc.constantFrom('CT', 'CT', 'MR'), colour: some(fc.boolean()), notAVolume: some(fc.constantFrom('single' as const, 'tilted' as const)), slices: some(fc.integer({ min: 1, max: 60 })),
    directions: some(fc.array(fc.constantFrom<[number, number, number]>([0, 0, 1], [0, 1, 0], tilted(10), tilted(40)), { minLength: 1, maxLength: 2 })), spacingMm: some(fc.integer({ min: 1, max: 8 })), thicknessMm: some(fc.integer({ min: 1, max: 8 })),
    imageTypes: some(fc.subarray(['ORIGINAL', 'DERIVED', 'LOCALIZER', 'MIP'])), kernels: some(fc.subarray(['LUNG', 'B30f'])), contrast: some(fc.constantFrom('with' as const, 'without' as const)), acquired: some(fc.constantFrom('20240101101500', '20240102101500')),
  }).map((traits) => ({ seriesInstanceUid: '', ...Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined)) }) as SeriesTraits)
  const pools = fc.array(anySeries, { maxLength: 8 }).map((all) => all.map((one, index) => ({ ...one, seriesInstanceUid: `1.${index}` })))
  const rules: fc.Arbitrary<SelectionRule> = fc.constantFrom(lungs, { kernels: ['LUNG'] }, { contrast: 'with' }, { ...lungs, contrast: 'without', kernels: ['B*'] }, { admits: ['derived'] }, {})

  it('does not depend on the order of the pool', () => {
    fc.assert(fc.property(pools, rules, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (pool, rule, random) => {
      const keys = new Map(pool.map((one) => [one, random.next().value]))
      const mixed = [...pool].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0))
      expect(rankSeries(need(rule), mixed)).toEqual(rankSeries(need(rule), pool))
    }))
  })
  it('is never a refused one, nor one of which something that must be is unknown, and none is lost', () => {
    fc.assert(fc.property(pools, rules, (pool, rule) => {
      const ranking = rankSeries(need(rule), pool)
      expect(ranking.candidates.length + ranking.refused.length).toBe(pool.length)
      for (const { grounds } of ranking.candidates) expect(grounds.some(({ verdict }) => verdict === 'refused')).toBe(false)
      for (const { grounds } of ranking.refused) expect(grounds.some(({ verdict }) => verdict === 'refused')).toBe(true)
      const won = chosenByRule(ranking)
      if (!won) return
      expect(won).toBe(ranking.candidates[0])
      expect(won.grounds.filter(({ trait, verdict }) => verdict === 'unknown' && trait !== 'kernel' && trait !== 'contrast')).toEqual([])
      expect([won.series.modality, won.series.notAVolume]).toEqual(['CT', undefined])
      // What is left when it is taken away is what came second.
      expect(rankSeries(need(rule), pool.filter((one) => one !== won.series)).candidates).toEqual(ranking.candidates.slice(1))
    }))
  })
})

describe('words of metadata', () => {
  it('kinds of images come the most telling first, by any of the values, as makers write them', () => {
    expect(imageKindsOf(['ORIGINAL', 'PRIMARY', 'AXIAL', 'CT_SOM5 SPI'])).toEqual([])
    expect(imageKindsOf(['DERIVED', 'SECONDARY', 'AXIAL', 'csa mpr '])).toEqual(['reformatted', 'secondary', 'derived'])
  })
  it('a direction of any length is held to the axes', () => {
    expect([orientationOf([[0, 0, -3]]), orientationOf([[2, 0.1, 0]]), orientationOf([[1, 1, 1]]), orientationOf([])]).toEqual(['axial', 'sagittal', 'oblique', undefined])
  })
})
