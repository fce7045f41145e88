import type { Store } from './archive/store.ts'

/** What a node tells the hub of one study, for the hub's index. */
export type IndexedStudy = {
  readonly studyInstanceUid: string
  readonly subject: string
  readonly patientName: string
  readonly date: string | null
  readonly time: string | null
  readonly description: string
  readonly accession: string
  readonly modalities: readonly string[]
  readonly series: readonly {
    readonly seriesInstanceUid: string; readonly number: number | null; readonly modality: string; readonly description: string
    readonly instances: number; readonly sopClassUids: readonly string[]; readonly derived: boolean
  }[]
}

/** Modalities of objects that people and tools make of images. */
const derivedModalities = new Set(['SR', 'SEG', 'RTSTRUCT', 'KO', 'PR', 'REG', 'PMAP'])
/** Whether a series can be of such objects, by its modality. */
export const mayBeDerived = (modality: string): boolean => derivedModalities.has(modality)

/** Classes of such objects: SR and KO, presentation states, segmentations, registrations, RT Structure Set, Parametric Map (PS3.4 B.5). */
const derivedClass = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.(88\.\d+|11\.\d+|66\.[1-5]|66\.7|481\.3|30)$/
/** A series is derived where every member is of such a class: one image among them and it is a series of images. */
export const isDerived = (modality: string, sopClassUids: readonly string[]): boolean => mayBeDerived(modality) && sopClassUids.length > 0 && sopClassUids.every((uid) => derivedClass.test(uid))

/** The studies of a store that a data set's rule takes, as rows for the hub. */
export const indexRows = (store: Store, belongs: (patientId: string) => boolean): IndexedStudy[] =>
  [...store.studies()].flatMap(([studyInstanceUid, seriesMap]) => {
    const text = (tag: string) => {
      for (const members of seriesMap.values()) {
        for (const { attributes } of members.values()) {
          const value = attributes[tag]?.Value?.[0]
          if (typeof value === 'string' && value !== '') return value
          if (typeof value === 'object' && value !== null && 'Alphabetic' in value) return String(value.Alphabetic)
        }
      }
      return ''
    }
    const subject = text('00100020')
    if (!belongs(subject)) return []
    const series = [...seriesMap].map(([seriesInstanceUid, members]) => {
      const all = [...members.values()]
      const modality = String(all[0]?.attributes['00080060']?.Value?.[0] ?? 'OT')
      const number = all[0]?.attributes['00200011']?.Value?.[0]
      const sopClassUids = [...new Set(all.map(({ sopClassUid }) => sopClassUid))]
      return {
        seriesInstanceUid, number: typeof number === 'number' ? number : null, modality, description: String(all[0]?.attributes['0008103E']?.Value?.[0] ?? ''),
        instances: all.length, sopClassUids, derived: isDerived(modality, sopClassUids),
      }
    })
    return [{
      studyInstanceUid, subject, patientName: text('00100010'), date: text('00080020') || null, time: text('00080030') || null, description: text('00081030'),
      accession: text('00080050'), modalities: [...new Set(series.map(({ modality }) => modality))].sort(), series,
    }]
  })
