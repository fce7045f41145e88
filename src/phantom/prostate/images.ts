import type { FramePlane } from '../../domain/geometry/points.ts'
import type { GeneratedImage } from '../image.ts'
import type { Grid } from '../planes.ts'
import { instanceUidOf } from '../study.ts'
import { acquireDiffusion, acquireDynamic, acquireT2, createAnatomy, createReceiver, type Anatomy, type Receiver } from './acquire.ts'
import { adcUnits, contrastAgent, mrDataset, mrImageStorage, sequences, seriesNumbers, type MrImage } from './dataset.ts'
import { planesOf, type ProstatePlan } from './plan.ts'

/** Signals as 12 bits store them. */
export const stored = (samples: Float32Array): Uint16Array<ArrayBuffer> => {
  const out = new Uint16Array(samples.length)
  for (let at = 0; at < out.length; at++) out[at] = Math.max(0, Math.min(4095, Math.round(samples[at] ?? 0)))
  return out
}

const weightKg = 84

function* t2Images(plan: ProstatePlan, anatomy: Anatomy, receiver: Receiver, name: 'transverse' | 'sagittal' | 'coronal', planes: readonly FramePlane[]): Generator<GeneratedImage> {
  const { thicknessMm, stepMm } = plan.grids[name]
  const begin = { sagittal: 120, coronal: 330, transverse: 560 }[name]
  for (const [index, plane] of planes.entries()) {
    const dataset = mrDataset(plan, {
      seriesNumber: seriesNumbers[name], instanceNumber: index + 1, description: `t2_tse_${name.slice(0, 3)}`, imageType: ['ORIGINAL', 'PRIMARY', 'M', 'NORM', 'DIS2D'], plane, thicknessMm, stepMm,
      seriesSeconds: begin, acquisitionSeconds: begin, window: { centre: 500, width: 1040 }, more: sequences.t2,
    })
    yield { dataset, frames: [stored(acquireT2(plan, anatomy, receiver, plane, thicknessMm) ?? new Float32Array(0))] }
  }
}

/** Numbers of the series and the instance of a diffusion-weighted image. */
const diffusionPlace = ({ diffusionSeries, bValues }: ProstatePlan, slice: number, index: number): { seriesNumber: number; instanceNumber: number } => diffusionSeries === 'one'
  ? { seriesNumber: seriesNumbers.diffusion, instanceNumber: slice * bValues.length + index + 1 }
  : { seriesNumber: seriesNumbers.diffusion + index, instanceNumber: slice + 1 }

function* diffusionImages(plan: ProstatePlan, anatomy: Anatomy, receiver: Receiver, planes: readonly FramePlane[]): Generator<GeneratedImage> {
  const { thicknessMm, stepMm }: Grid = plan.grids.diffusion
  const derived: GeneratedImage[] = []
  for (const [slice, plane] of planes.entries()) {
    const { weighted, adc, calculated } = acquireDiffusion(plan, anatomy, receiver, plane, thicknessMm)
    const common = { plane, thicknessMm, stepMm, seriesSeconds: 800, acquisitionSeconds: 800 } satisfies Partial<MrImage>
    const sources = plan.bValues.map((_, index) => {
      const { seriesNumber, instanceNumber } = diffusionPlace(plan, slice, index)
      return { ReferencedSOPClassUID: mrImageStorage, ReferencedSOPInstanceUID: instanceUidOf(plan.study, seriesNumber, instanceNumber) }
    })
    for (const [index, bValue] of plan.bValues.entries()) {
      yield {
        dataset: mrDataset(plan, {
          ...common, ...diffusionPlace(plan, slice, index), description: plan.diffusionSeries === 'one' ? 'ep2d_diff_tra' : `ep2d_diff_tra_b${bValue}`, imageType: ['DERIVED', 'PRIMARY', 'DIFFUSION', 'TRACEW', 'DIS2D'],
          window: { centre: 150, width: 320 }, more: { ...sequences.diffusion, SequenceName: `ep_b${bValue}t`, DiffusionBValue: bValue, DerivationDescription: 'Mean of the directions' },
        }),
        frames: [stored(weighted[index] ?? new Float32Array(0))],
      }
    }
    derived.push({
      dataset: mrDataset(plan, {
        ...common, seriesNumber: seriesNumbers.adc, instanceNumber: slice + 1, description: 'ep2d_diff_tra_ADC', imageType: ['DERIVED', 'PRIMARY', 'DIFFUSION', 'ADC', 'DIS2D'], window: { centre: 1300, width: 2400 },
        more: { ...sequences.diffusion, ...adcUnits, DerivationDescription: `ADC in 10^-6 mm2/s from b = ${plan.bValues.join(', ')} s/mm2`, SourceImageSequence: sources },
      }),
      frames: [stored(adc)],
    }, {
      dataset: mrDataset(plan, {
        ...common, seriesNumber: seriesNumbers.calculated, instanceNumber: slice + 1, description: `ep2d_diff_tra_CALC_B${plan.calculatedB}`, imageType: ['DERIVED', 'PRIMARY', 'DIFFUSION', 'CALC_BVALUE', 'DIS2D'], window: { centre: 65, width: 140 },
        more: { ...sequences.diffusion, DiffusionBValue: plan.calculatedB, DerivationDescription: `Calculated for b = ${plan.calculatedB} s/mm2`, SourceImageSequence: sources },
      }),
      frames: [stored(calculated)],
    })
  }
  for (const parity of [0, 1]) for (let at = parity; at < derived.length; at += 2) yield derived[at] as GeneratedImage
}

function* dynamicImages(plan: ProstatePlan, anatomy: Anatomy, receiver: Receiver, planes: readonly FramePlane[]): Generator<GeneratedImage> {
  const { thicknessMm, stepMm } = plan.grids.dynamic
  const slices = planes.map((plane) => acquireDynamic(plan, anatomy, receiver, plane, thicknessMm))
  const begin = 1300
  for (const [phase, seconds] of plan.phaseSeconds.entries()) {
    for (const [slice, plane] of planes.entries()) {
      const dataset = mrDataset(plan, {
        seriesNumber: seriesNumbers.dynamic, instanceNumber: phase * planes.length + slice + 1, description: 'fl3d_dynamic', imageType: ['ORIGINAL', 'PRIMARY', 'M', 'DIS2D'], plane, thicknessMm, stepMm,
        seriesSeconds: begin, acquisitionSeconds: begin + seconds, window: { centre: 190, width: 400 },
        more: { ...sequences.dynamic, ...contrastAgent(weightKg), TemporalPositionIdentifier: phase + 1, NumberOfTemporalPositions: plan.phaseSeconds.length, TemporalResolution: Math.round(((plan.phaseSeconds.at(-1) ?? 0) * 1000) / Math.max(1, plan.phaseSeconds.length - 1)), AcquisitionNumber: phase + 1 },
      })
      yield { dataset, frames: [stored(slices[slice]?.[phase] ?? new Float32Array(0))] }
    }
  }
}

/** All images of a multiparametric MR of the prostate, series after series: T2 in three planes, diffusion, ADC, calculated high b, dynamic. */
export function* prostateImages(plan: ProstatePlan): Generator<GeneratedImage> {
  const anatomy = createAnatomy(plan)
  const receiver = createReceiver(plan)
  const planes = planesOf(plan)
  for (const name of ['sagittal', 'coronal', 'transverse'] as const) yield* t2Images(plan, anatomy, receiver, name, planes[name])
  yield* diffusionImages(plan, anatomy, receiver, planes.diffusion)
  yield* dynamicImages(plan, anatomy, receiver, planes.dynamic)
}
