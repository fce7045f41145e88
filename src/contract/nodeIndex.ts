import * as z from 'zod/mini'
import { Uid } from './resources.ts'

/** Characters that no database takes in a text, or that are none: NUL, and halves of surrogate pairs. */
const unstorable = /[\0\p{Surrogate}]/gu
/** A text of an archive as the hub keeps it: without what cannot be stored, cut to what the contract lets a row say. */
const shown = (max: number) => z.pipe(z.string(), z.transform((text: string) => text.replaceAll(unstorable, '').slice(0, max).replaceAll(/\p{Surrogate}/gu, '')))
const whole = (max: number) => z.int().check(z.minimum(0), z.maximum(max))

/** A Series Number that is none, or that no column holds, is left out. */
const seriesNumber = z.pipe(z.unknown(), z.transform((value: unknown) => (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null)))

/** A series as a node indexes it (PS3.18 table 10.6.3-4). */
export const IndexedSeries = z.object({
  seriesInstanceUid: Uid, number: seriesNumber,
  modality: shown(16), description: shown(200), instances: whole(100_000), derived: z.boolean(),
})
export type IndexedSeries = z.infer<typeof IndexedSeries>
export const IndexedStudy = z.object({
  studyInstanceUid: Uid, subject: shown(64), patientName: shown(200), date: z.nullable(shown(64)), description: shown(200), accession: shown(64), modalities: z.array(shown(16)).check(z.maxLength(1_000)),
  series: z.array(z.unknown()),
})
export type IndexedStudy = z.infer<typeof IndexedStudy>
/** A node's answer to "what have you"; its studies are read one by one, so that a bad one does not take the others with it. */
export const IndexAnswer = z.object({ revision: shown(256), unchanged: z.exactOptional(z.literal(true)), studies: z.exactOptional(z.array(z.unknown())) })
