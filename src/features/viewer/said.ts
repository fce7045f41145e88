import type { DicomJson } from '../../dicom/file/json.ts'
import type { SaidOfSeries } from '../../domain/tool/traits.ts'
import { firstOf, items, number, sourcesOf, text, values } from './json.ts'
import { frameTypes } from './splitKeys.ts'

/** A frame of an instance, from 1. */
type Said = { readonly json: DicomJson; readonly frame: number }

const texts = (from: DicomJson, tag: string): string[] | undefined => {
  const found = values(from, tag).filter((one): one is string => typeof one === 'string' && one.trim() !== '').map((one) => one.trim())
  return found.length > 0 ? found : undefined
}
/** Frame Type of the frame's own macro, else Image Type (PS3.3 C.7.6.16, C.7.6.1.1.2). */
const imageTypeOf = ({ json, frame }: Said): string[] | undefined =>
  frameTypes.map((sequence) => firstOf(sourcesOf(json, frame, sequence).slice(0, 2), (from) => texts(from, '00089007'))).find((one) => one !== undefined) ?? texts(json, '00080008')

/** What scanners write where no agent was given. */
const noAgent = /^(none|no|without)\b/i
/** Contrast/Bolus Agent and its Sequence (PS3.3 C.7.6.4, C.7.6.4b); an empty one says nothing. */
const contrastOf = ({ json }: Said): SaidOfSeries['contrast'] => {
  const agent = text(json, '00180010').trim()
  if (agent) return noAgent.test(agent) ? 'without' : 'with'
  return items(json, '00180012').length > 0 ? 'with' : undefined
}

/** YYYYMMDDHHMMSS of a date and a time, or of both in one; undefined where that is no time. */
const momentOf = (date: string, time = ''): string | undefined => {
  const digits = /^(\d{8})(\d{0,6})/.exec(`${date.replace(/\./g, '')}${time.replace(/:/g, '')}`)
  return digits ? `${digits[1]}${(digits[2] ?? '').padEnd(6, '0')}` : undefined
}
/** When a frame was acquired; where it does not say, when its series began (PS3.3 C.7.6.1, C.7.3.1, C.7.6.16.2.2). */
const acquiredOf = ({ json, frame }: Said): string | undefined =>
  momentOf(firstOf(sourcesOf(json, frame, '00209111'), (from) => text(from, '00189074') || undefined) ?? '') ?? momentOf(text(json, '0008002A'))
  ?? momentOf(text(json, '00080022'), text(json, '00080032')) ?? momentOf(text(json, '00080021'), text(json, '00080031'))

/** What all of them say; undefined where one says nothing. */
const ofAll = <T>(all: readonly Said[], read: (one: Said) => T | undefined): T[] | undefined => {
  const found = all.map(read).filter((one) => one !== undefined)
  return found.length === all.length && found.length > 0 ? found : undefined
}

/** What the frames of a stack say of how they were made, for tools to choose by. What one of them does not say is unknown of all. */
export const saidOf = (frames: readonly Said[]): SaidOfSeries => {
  const seriesNumber = frames[0] && number(frames[0].json, '00200011')
  const imageTypes = ofAll(frames, imageTypeOf)
  const kernels = ofAll(frames, ({ json, frame }) => firstOf(sourcesOf(json, frame, '00189314'), (from) => texts(from, '00181210')))
  const thickness = ofAll(frames, ({ json, frame }) => firstOf(sourcesOf(json, frame, '00289110'), (from) => number(from, '00180050')))
  const contrasts = frames.map(contrastOf)
  const contrast = contrasts.find((one) => one === 'with') ?? (contrasts.every((one) => one === 'without') ? contrasts[0] : undefined)
  const acquired = ofAll(frames, acquiredOf)?.reduce((latest, one) => (one > latest ? one : latest))
  const thicknessMm = thickness?.reduce((most, one) => Math.max(most, one), 0)
  return {
    ...(seriesNumber === undefined ? {} : { seriesNumber }), ...(imageTypes ? { imageTypes: [...new Set(imageTypes.flat())] } : {}), ...(kernels ? { kernels: [...new Set(kernels.flat())] } : {}),
    ...(thicknessMm ? { thicknessMm } : {}), ...(contrast ? { contrast } : {}), ...(acquired ? { acquired } : {}),
  }
}
