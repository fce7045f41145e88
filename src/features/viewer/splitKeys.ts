import type { DicomJson } from '../../dicom/file/json.ts'
import type { Splittable } from '../../domain/geometry/split.ts'
import { item, values } from './json.ts'

type Value = number | string | undefined
const value = (json: DicomJson, tag: string): Value => {
  const [first] = json[tag]?.Value ?? []
  return typeof first === 'number' || typeof first === 'string' ? first : undefined
}

/** Siemens' own b-value (0019,100C) where its block says it is theirs, text even where an archive sends it as bytes; else the one in the name of their sequence, as in *ep_b50t. */
const siemensBValue = (json: DicomJson): Value => {
  const own = String(value(json, '00190010') ?? '').startsWith('SIEMENS MR HEADER') ? json['0019100C'] : undefined
  const said = own?.Value?.[0] ?? (own?.InlineBinary === undefined ? undefined : atob(own.InlineBinary)) ?? /_b(\d+)/.exec(String(value(json, '00180024') ?? ''))?.[1]
  const number = said === undefined || said === null ? NaN : Number.parseFloat(String(said))
  return Number.isFinite(number) ? number : undefined
}
/** The b-value (0018,9087) of the frame's diffusion item or of the image, else the maker's own. */
const bValue = (json: DicomJson, groups: readonly DicomJson[]): Value =>
  [...groups.map((group) => item(group, '00189117')), json].map((from) => value(from, '00189087')).find((one) => one !== undefined) ?? siemensBValue(json)

/** Frame Type (0008,9007) by the macro of its kind: CT, MR, PET, X-ray 3D (PS3.3 C.8.15.3.1, C.8.13.5.1, C.8.22.5.1, C.8.21.2.2). */
export const frameTypes = ['00189329', '00189226', '00189751', '00189504']
/** What an Image Type or Frame Type says beside original or derived, primary or not. */
const typeOf = (from: DicomJson, tag: string): string | undefined => values(from, tag).slice(2).join(' ') || undefined

/**
 * What may tell frames at one place apart (PS3.3 C.8.13.5.9, C.8.3.1.1, C.7.6.16.2.2), the most telling first: of the frame's own
 * functional groups, the shared ones, then of the image.
 * @param frame from 1
 */
export const splitKeys = (json: DicomJson, frame: number): Splittable['keys'] => {
  const groups = [item(json, '52009230', frame - 1), item(json, '52009229')]
  const nested = (sequence: string, tag: string): Value => groups.map((group) => value(item(group, sequence), tag)).find((one) => one !== undefined)
  return [
    ['bValue', bValue(json, groups)],
    ['echo', nested('00189114', '00189082') ?? value(json, '00180081')],
    ['time', nested('00209111', '00209128') ?? nested('00189118', '00209153') ?? value(json, '00200100') ?? value(json, '00181060')],
    ['acquisition', nested('00209111', '00209156') ?? value(json, '00200012')],
    ['imageType', groups.flatMap((group) => frameTypes.map((sequence) => typeOf(item(group, sequence), '00089007'))).find((one) => one !== undefined) ?? typeOf(json, '00080008')],
  ]
}
