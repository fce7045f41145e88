import { toDicomJson } from '../../src/dicom/file/json.ts'
import { frameBytes } from '../../src/dicom/file/frames.ts'
import { readPart10 } from '../../src/dicom/file/read.ts'
import { dot, planeNormal, subtract } from '../../src/domain/geometry/plane.ts'
import { vec3Of, type FramePlane } from '../../src/domain/geometry/points.ts'
import { encodeImage } from '../../src/phantom/image.ts'
import { imagesOf, planStudies } from '../../src/phantom/plan.ts'

/** An image of the series: where it lies, and its pixels as its own window shows them, 0 to 1. */
export type KnownImage = { readonly plane: FramePlane; readonly shown: (column: number, row: number) => number }
/** A generated study and the series that is drawn on, as its files say; nothing of it goes through a viewer. */
export type KnownStudy = { readonly study: string; readonly series: string; readonly images: ReadonlyMap<string, KnownImage> }

/** Makes a patient's study of the first hospital, hands every file to `put`, and keeps what the series with this description says. */
export const makeStudy = async (patient: string, description: string, put: (file: Uint8Array<ArrayBuffer>) => Promise<unknown>): Promise<KnownStudy> => {
  const plan = planStudies('small')['puerto-claro']?.find(({ study }) => study.patient.id === patient)
  if (!plan) throw new Error(`no plan has ${patient}`)
  const images = new Map<string, KnownImage>()
  let [study, series] = ['', '']
  for (const image of imagesOf(plan)) {
    const bytes = encodeImage(image)
    await put(bytes)
    const file = await readPart10(bytes)
    const json = toDicomJson(file)
    const text = (tag: string): string => String(json[tag]?.Value?.[0] ?? '')
    const numbers = (tag: string): number[] => (json[tag]?.Value ?? []).map(Number)
    if (text('0008103E') !== description) continue
    const [origin, orientation, [rowSpacingMm = 0, columnSpacingMm = 0], [rows = 0], [columns = 0]] = [numbers('00200032'), numbers('00200037'), numbers('00280030'), numbers('00280010'), numbers('00280011')]
    const [[centre = 0], [width = 1], [intercept = 0], [slope = 1], [signed = 0]] = ['00281050', '00281051', '00281052', '00281053', '00280103'].map(numbers) as [number[], number[], number[], number[], number[]]
    const stored = frameBytes(file, 1)
    const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
    const at = (index: number): number => (signed ? view.getInt16(2 * index, true) : view.getUint16(2 * index, true)) * slope + intercept
    const values = Float32Array.from({ length: rows * columns }, (_, index) => Math.min(1, Math.max(0, (at(index) - centre) / width + 0.5)));
    [study, series] = [text('0020000D'), text('0020000E')]
    images.set(text('00080018'), {
      plane: { origin: vec3Of((axis) => origin[axis]), rowDirection: vec3Of((axis) => orientation[axis]), columnDirection: vec3Of((axis) => orientation[axis + 3]), rowSpacingMm, columnSpacingMm, rows, columns },
      shown: (column, row) => values[row * columns + column] ?? Number.NaN,
    })
  }
  if (images.size === 0) throw new Error(`${patient} has no series ${description}`)
  return { study, series, images }
}

/** Instances of the series in order along their normal, and mm from one to the next. */
export const inOrder = ({ images }: KnownStudy): { readonly instances: readonly string[]; readonly stepMm: number } => {
  const [first] = images.values()
  const placed = [...images].map(([instance, { plane }]) => ({ instance, at: first ? dot(subtract(plane.origin, first.plane.origin), planeNormal(first.plane)) : 0 })).toSorted((a, b) => a.at - b.at)
  return { instances: placed.map(({ instance }) => instance), stepMm: ((placed.at(-1)?.at ?? 0) - (placed[0]?.at ?? 0)) / (placed.length - 1) }
}
