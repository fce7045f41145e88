import { mammographyImages, mammographyTruth } from './breast/mammography.ts'
import type { MammographyCase, TomosynthesisCase } from './breast/plan.ts'
import { tomosynthesisImage, tomosynthesisTruth } from './breast/tomosynthesis.ts'
import { chestImages } from './chest/images.ts'
import type { ChestPlan } from './chest/plan.ts'
import { chestTruth } from './chest/truth.ts'
import type { GeneratedImage } from './image.ts'
import { petCtImages } from './pet/images.ts'
import type { PetCtPlan } from './pet/plan.ts'
import { petCtTruth } from './pet/truth.ts'
import { fullBreasts, smallBreasts } from './plans/breasts.ts'
import { fullChests, smallChest } from './plans/chests.ts'
import { hospitals } from './plans/hospital.ts'
import { petCtStudy, prostateStudy } from './plans/others.ts'
import { prostateImages } from './prostate/images.ts'
import type { ProstatePlan } from './prostate/plan.ts'
import { prostateTruth } from './prostate/truth.ts'
import { keyOf, type Study } from './study.ts'
import type { StudyTruth } from './truth.ts'
import type { UltrasoundCase } from './ultrasound/plan.ts'
import { ultrasoundImages, ultrasoundTruth } from './ultrasound/ultrasound.ts'

type Part = ChestPlan | MammographyCase | TomosynthesisCase | ProstatePlan | PetCtPlan | UltrasoundCase
/** A study to make: what its parts are made from, as plain values that another thread understands. */
export type StudyPlan = { readonly key: string; readonly study: Study; readonly parts: readonly Part[] }
/** `full`: what `npm start` makes. `small`: a patient of each kind at each hospital, for tests; `one`: of these the chest alone. */
export type CaseSet = 'full' | 'small' | 'one'

const planOf = (parts: readonly Part[]): StudyPlan[] => {
  const [first] = parts
  return first ? [{ key: keyOf(first.study), study: first.study, parts }] : []
}

/**
 * The studies of each hospital, the one first that is to be there first.
 * @returns node → studies
 */
export const planStudies = (set: CaseSet): Readonly<Record<string, readonly StudyPlan[]>> => Object.fromEntries(hospitals.map((hospital, place) => {
  const small = set !== 'full'
  const chests = (small ? smallChest(hospital, place) : fullChests(hospital, place)).map((one): Part[] => [one])
  const others: Part[][] = set === 'one' ? [] : [...(small ? smallBreasts(hospital) : fullBreasts(hospital)), [prostateStudy(hospital, small)], ...(small || hospital.node === 'brzezina' ? [[petCtStudy(hospital, small)]] : [])]
  // The first study of each kind comes before the many of one kind.
  const [first = [], ...rest] = chests
  return [hospital.node, [first, ...others, ...rest].flatMap(planOf)]
}))

/** Images without texture and noise, for tests that measure what is in them. */
export type ImageOptions = { readonly bare?: boolean }

function* partImages(part: Part, { bare = false }: ImageOptions): Generator<GeneratedImage> {
  switch (part.kind) {
    case 'chest': return yield* chestImages(part, { bare })
    case 'mammography': return yield* mammographyImages(part, { plain: bare })
    case 'tomosynthesis': return yield tomosynthesisImage(part, { plain: bare })
    case 'ultrasound': return yield* ultrasoundImages(part, { plain: bare })
    case 'prostateMr': return yield* prostateImages(bare ? { ...part, bare } : part)
    case 'petCt': return yield* petCtImages(bare ? { ...part, bare } : part)
  }
}
/** The instances of a study, one after another. */
export function* imagesOf(plan: StudyPlan, options: ImageOptions = {}): Generator<GeneratedImage> {
  for (const part of plan.parts) yield* partImages(part, options)
}

const partTruth = (part: Part): StudyTruth => {
  switch (part.kind) {
    case 'chest': return chestTruth(part)
    case 'mammography': return mammographyTruth(part)
    case 'tomosynthesis': return tomosynthesisTruth(part)
    case 'ultrasound': return ultrasoundTruth(part)
    case 'prostateMr': return prostateTruth(part)
    case 'petCt': return petCtTruth(part)
  }
}
/** What the images of a study were made from. */
export const truthOf = (plan: StudyPlan): StudyTruth => {
  const all = plan.parts.map(partTruth)
  return { lesions: all.flatMap(({ lesions }) => lesions), masks: all.flatMap(({ masks }) => masks) }
}
