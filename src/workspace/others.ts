import { decodeKeyObjects, type DecodedKeyObjects } from '../dicom/ko/decode.ts'
import { decodePresentationState, type DecodedPresentationState } from '../dicom/pr/decode.ts'
import { decodeStructureSet, type DecodedStructureSet } from '../dicom/rtstruct/decode.ts'
import { UnreadableFile } from '../dicom/file/read.ts'
import { decodeReport } from '../dicom/sr/decode.ts'
import { decodeForeignReport, type ForeignReport } from '../dicom/sr/foreign.ts'
import type { Outside } from './port.ts'

/** An object of the study that this program did not write as marks: what it holds, or why it cannot be read. */
export type OtherObject = { readonly sopInstanceUid: string; readonly seriesInstanceUid: string; readonly description: string } & (
  | { readonly kind: 'report'; readonly report: ForeignReport }
  | { readonly kind: 'structures'; readonly set: DecodedStructureSet }
  | { readonly kind: 'presentation'; readonly view: DecodedPresentationState }
  | { readonly kind: 'keys'; readonly keys: DecodedKeyObjects }
  | { readonly kind: 'unread'; readonly modality: string; readonly detail: string }
)
type Content = { [Kind in OtherObject['kind']]: Omit<Extract<OtherObject, { kind: Kind }>, 'sopInstanceUid' | 'seriesInstanceUid' | 'description'> }[OtherObject['kind']]

/** Whether a report is of the program with this serial number: its marks are shown as marks. */
const isOwn = async (bytes: Uint8Array, device: string): Promise<boolean> => {
  try {
    return (await decodeReport(bytes)).device === device
  } catch (error) {
    if (error instanceof UnreadableFile) return false
    throw error
  }
}
const readers = {
  SR: async (bytes: Uint8Array): Promise<Content> => ({ kind: 'report', report: await decodeForeignReport(bytes) }),
  RTSTRUCT: async (bytes: Uint8Array): Promise<Content> => ({ kind: 'structures', set: await decodeStructureSet(bytes) }),
  PR: async (bytes: Uint8Array): Promise<Content> => ({ kind: 'presentation', view: await decodePresentationState(bytes) }),
  KO: async (bytes: Uint8Array): Promise<Content> => ({ kind: 'keys', keys: await decodeKeyObjects(bytes) }),
} as const

/**
 * The reports, structure sets, presentation states and key objects of a study that the caller may see, but for reports of this program.
 * One that cannot be read is in the list with what is wrong.
 * @param device Device Serial Number that this program writes
 * @param known those that were read before: a saved object is never overwritten
 * @throws what came in place of an object that is listed
 */
export const loadOthers = async (outside: Outside, dataset: string, study: string, device: string, known: readonly OtherObject[] = []): Promise<readonly OtherObject[]> => {
  const found: OtherObject[] = []
  for (const modality of ['SR', 'RTSTRUCT', 'PR', 'KO'] as const) {
    for (const { uid: seriesInstanceUid, description } of await outside.derivedSeries(dataset, study, modality)) {
      for (const sopInstanceUid of await outside.instances(dataset, study, seriesInstanceUid)) {
        const before = known.find((one) => one.sopInstanceUid === sopInstanceUid)
        if (before) {
          found.push(before)
          continue
        }
        const bytes = await outside.instance(dataset, study, seriesInstanceUid, sopInstanceUid)
        if (modality === 'SR' && await isOwn(bytes, device)) continue
        const named = { sopInstanceUid, seriesInstanceUid, description }
        try {
          found.push({ ...named, ...await readers[modality](bytes) } as OtherObject)
        } catch (error) {
          if (!(error instanceof UnreadableFile)) throw error
          found.push({ ...named, kind: 'unread', modality, detail: error.message })
        }
      }
    }
  }
  return found
}
