import { toDecimalString } from '../../domain/measurement/measure.ts'

/** An element as it is written: its VR, and texts, numbers, bytes, or the items of a sequence. `asRead`: another program's, which may be longer than its VR allows. */
export type Tagged = { readonly vr: string; readonly Value: readonly unknown[]; readonly asRead?: true }
/** `GGGGEEEE` → element. */
export type TaggedSet = Readonly<Record<string, Tagged>>

/** VRs whose length takes four bytes in explicit VR (PS3.5 7.1.2). */
const longLength = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'])
const bytesOnly = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'])
/** Letters that a value may have (PS3.5 6.2), of those VRs in which a longer one would be read as another. */
const mostLetters: Readonly<Record<string, number>> = { AE: 16, AS: 4, CS: 16, DA: 8, DS: 16, DT: 26, IS: 12, TM: 16, UI: 64 }
const undefinedLength = 0xffffffff

type Put = (view: DataView, at: number, value: number) => void
const whole = (least: number, most: number, put: Put): Put => (view, at, value) => {
  if (!Number.isInteger(value) || value < least || value > most) throw new Error(`${value} is no whole number from ${least} to ${most}`)
  put(view, at, value)
}
const numbers: Readonly<Record<string, { readonly size: number; readonly put: Put }>> = {
  US: { size: 2, put: whole(0, 0xffff, (view, at, value) => view.setUint16(at, value, true)) }, SS: { size: 2, put: whole(-0x8000, 0x7fff, (view, at, value) => view.setInt16(at, value, true)) },
  UL: { size: 4, put: whole(0, 0xffffffff, (view, at, value) => view.setUint32(at, value, true)) }, SL: { size: 4, put: whole(-0x80000000, 0x7fffffff, (view, at, value) => view.setInt32(at, value, true)) },
  FL: { size: 4, put: (view, at, value) => view.setFloat32(at, value, true) }, FD: { size: 8, put: (view, at, value) => view.setFloat64(at, value, true) },
  // A tag, the group first (PS3.5 7.8).
  AT: { size: 4, put: whole(0, 0xffffffff, (view, at, value) => { view.setUint16(at, value >>> 16, true); view.setUint16(at + 2, value & 0xffff, true) }) },
  UV: { size: 8, put: whole(0, Number.MAX_SAFE_INTEGER, (view, at, value) => view.setBigUint64(at, BigInt(value), true)) }, SV: { size: 8, put: whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, (view, at, value) => view.setBigInt64(at, BigInt(value), true)) },
}
const utf8 = new TextEncoder()

/** Bytes that grow. */
const createSink = () => {
  let bytes = new Uint8Array(4096)
  let view = new DataView(bytes.buffer)
  let size = 0
  const need = (more: number): number => {
    const at = size
    size += more
    if (size > bytes.length) {
      const larger = new Uint8Array(Math.max(size, bytes.length * 2))
      larger.set(bytes.subarray(0, at))
      bytes = larger
      view = new DataView(bytes.buffer)
    }
    return at
  }
  return {
    size: () => size,
    u16: (value: number): void => { const at = need(2); view.setUint16(at, value, true) },
    u32: (value: number): void => { const at = need(4); view.setUint32(at, value, true) },
    put: (width: number, put: Put, value: number): void => { const at = need(width); put(view, at, value) },
    /** At most one byte a letter where all are ASCII. */
    text: (text: string): void => {
      const at = need(text.length)
      for (let index = 0; index < text.length; index++) {
        const letter = text.charCodeAt(index)
        if (letter < 128) bytes[at + index] = letter
        else {
          size = at
          const encoded = utf8.encode(text)
          const start = need(encoded.length)
          bytes.set(encoded, start)
          return
        }
      }
    },
    bytes: (more: Uint8Array): void => { const at = need(more.length); bytes.set(more, at) },
    /** Writes over what was written. */
    setU16: (at: number, value: number): void => view.setUint16(at, value, true),
    setU32: (at: number, value: number): void => view.setUint32(at, value, true),
    /** Makes room before what was written from a place on. */
    insert: (at: number, more: number): void => { const end = need(more); bytes.copyWithin(at + more, at, end) },
    done: (): Uint8Array<ArrayBuffer> => bytes.slice(0, size),
  }
}
type Sink = ReturnType<typeof createSink>

const viewOf = (value: unknown): Uint8Array => {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  throw new Error('it has no bytes')
}

/** Frames as a sequence of items after a table of where each begins, a fragment a frame (PS3.5 A.4). */
const writeFrames = (sink: Sink, frames: readonly unknown[]): void => {
  const item = (length: number): void => { sink.u16(0xfffe); sink.u16(0xe000); sink.u32(length) }
  const views = frames.map(viewOf)
  item(views.length * 4)
  let offset = 0
  for (const { length } of views) {
    sink.u32(offset)
    offset += 8 + length + (length & 1)
  }
  for (const view of views) {
    item(view.length + (view.length & 1))
    sink.bytes(view)
    if (view.length & 1) sink.text('\0')
  }
  sink.u16(0xfffe); sink.u16(0xe0dd); sink.u32(0)
}

const writeItems = (sink: Sink, items: readonly unknown[], implicit: boolean): void => {
  for (const item of items) {
    sink.u16(0xfffe); sink.u16(0xe000); sink.u32(undefinedLength)
    writeElements(sink, item as TaggedSet, { implicit })
    sink.u16(0xfffe); sink.u16(0xe00d); sink.u32(0)
  }
  sink.u16(0xfffe); sink.u16(0xe0dd); sink.u32(0)
}

const textOf = (vr: string, value: unknown, asRead: boolean): string => {
  if (vr === 'DS' && typeof value === 'number') return toDecimalString(value)
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value)
  if (vr === 'IS' && typeof value === 'number' && !Number.isInteger(value)) throw new Error(`${text} is no whole number`)
  const most = mostLetters[vr]
  if (most !== undefined && text.length > most && !asRead) throw new Error(`"${text}" is longer than a ${vr} may be, ${most}`)
  return text
}

const writeValues = (sink: Sink, { vr, Value: values, asRead = false }: Omit<Tagged, 'asRead'> & { readonly asRead?: boolean }): void => {
  const number = numbers[vr]
  if (number) {
    for (const value of values) {
      const read = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value)
      if (Number.isNaN(read) && typeof value !== 'number') throw new Error(`"${String(value)}" is no number`)
      // Minus zero is zero.
      sink.put(number.size, number.put, read + 0)
    }
  } else if (bytesOnly.has(vr)) {
    if (values.length > 0) sink.bytes(viewOf(values[0]))
  } else sink.text(values.map((value) => textOf(vr, value, asRead)).join('\\'))
}

/** Elements in the order of their tags, as PS3.5 7.1 has it, little endian. @throws Error naming the element that cannot be written */
const writeElements = (sink: Sink, elements: TaggedSet, { implicit, encapsulated = false }: { implicit: boolean; encapsulated?: boolean }): void => {
  for (const tag of Object.keys(elements).sort()) {
    const element = elements[tag] ?? { vr: 'UN', Value: [] }
    const { vr, Value } = element
    const frames = encapsulated && tag === '7FE00010'
    sink.u16(Number.parseInt(tag.slice(0, 4), 16))
    sink.u16(Number.parseInt(tag.slice(4), 16))
    const long = longLength.has(vr)
    const start = sink.size()
    if (!implicit) sink.text(long ? `${vr}\0\0` : vr)
    const lengthAt = sink.size()
    if (implicit || long) sink.u32(vr === 'SQ' || frames ? undefinedLength : 0)
    else sink.u16(0)
    const from = sink.size()
    try {
      if (vr === 'SQ') writeItems(sink, Value, implicit)
      else if (frames) writeFrames(sink, Value)
      else writeValues(sink, element)
    } catch (error) {
      throw new Error(`(${tag.slice(0, 4)},${tag.slice(4)}): ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
    if (vr === 'SQ' || frames) continue
    if ((sink.size() - from) & 1) sink.text(vr === 'UI' || bytesOnly.has(vr) ? '\0' : ' ')
    const length = sink.size() - from
    if (implicit || long) sink.setU32(lengthAt, length)
    else if (length <= 0xffff) sink.setU16(lengthAt, length)
    else {
      // Longer than two bytes can say: UN, whose length has four (PS3.5 6.2.2).
      sink.insert(from, 4)
      sink.setU16(start, 0x4e55)
      sink.setU16(start + 2, 0)
      sink.setU32(start + 4, length)
    }
  }
}

/**
 * The bytes of a data set.
 * @param options.implicit without VRs (PS3.5 A.1), else explicit (A.2)
 * @param options.encapsulated Pixel Data is frames, each an encoded picture of its own (A.4)
 * @throws Error naming the element whose value its VR cannot hold
 */
export const encodeElements = (elements: TaggedSet, options: { implicit: boolean; encapsulated?: boolean }): Uint8Array<ArrayBuffer> => {
  const sink = createSink()
  writeElements(sink, elements, options)
  return sink.done()
}
